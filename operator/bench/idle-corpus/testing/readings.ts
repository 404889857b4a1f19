/** Readings for tests, in minutes: what a case does not say is a workspace in which nothing is. */
import type { Evidence, KernelEvidence, Reading } from '@berth/operator/plan';

export const MINUTE_S = 60;

export function makeKernel(part: Partial<KernelEvidence> = {}): KernelEvidence {
  return {
    id: 'k1',
    state: 'idle',
    path: null,
    name: 'python3',
    cpu_s: 1,
    executions: 0,
    waits_input: false,
    input_t: null,
    gpu: 'none',
    gpu_util: null,
    gpu_mem_mib: null,
    ...part
  };
}

export function makeEvidence(part: Partial<Evidence> = {}): Evidence {
  return { kernels: [], processes: [], terminals: [], input_t: null, tabs: 0, leases: [], ...part };
}

/** One reading each minute from minute 0 to `minutes`; `see` says what is there, or why nothing could be seen. */
export function readingsOf(minutes: number, see: (minute: number) => Partial<Evidence> | string): Reading[] {
  return Array.from({ length: minutes + 1 }, (_, minute) => {
    const seen = see(minute);
    const t = minute * MINUTE_S;
    return typeof seen === 'string' ? { t, failed: seen } : { t, evidence: makeEvidence(seen) };
  });
}
