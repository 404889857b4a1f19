/** Decides which processes work. One that only waits, like a shell at its prompt, does not. */
import type { ProcessMemory, SeenSignal } from './activity-memory.js';
import type { Evidence, ProcessEvidence } from './evidence.js';
import type { Interval } from './interval.js';
import { clipped, processorsInWords, rateInWords } from './measured-words.js';

/** Of a processor, and bytes a second: what a process uses at least that works. */
const LEAST_CPU = 0.01;
const LEAST_IO = 10 * 1024;
/** More are counted, not named. */
const MOST_NAMED = 5;

/** The processes below one kernel, or those below none. */
export interface ProcessLook {
  readonly signals: readonly SeenSignal[];
  /** Whether one could not be measured. */
  readonly isUnknown: boolean;
}

interface Use {
  readonly process: ProcessEvidence;
  readonly cpu: number | null;
  readonly io: number | null;
}

/** By the kernel that they are below; under null those below none that is there. */
export function judgeProcesses(
  { kernels, processes }: Evidence,
  before: readonly ProcessMemory[],
  interval: Interval
): ReadonlyMap<string | null, ProcessLook> {
  const known = new Map(before.map(one => [one.id, one]));
  const there = new Set(kernels.map(({ id }) => id));
  const groups = new Map<string | null, Use[]>();
  for (const process of processes) {
    const kernel = process.kernel !== null && there.has(process.kernel) ? process.kernel : null;
    groups.set(kernel, [...(groups.get(kernel) ?? []), useOf(process, known.get(process.id), interval)]);
  }
  return new Map([...groups].map(([kernel, uses]) => [kernel, look(uses, interval)]));
}

/** What is kept of them for the next look. */
export function rememberProcesses({ processes }: Evidence): ProcessMemory[] {
  return processes.map(({ id, cpu_s, io_bytes }) => ({ id, cpu: cpu_s, io: io_bytes }));
}

/** One that was not there before has used all of it since. */
function useOf(process: ProcessEvidence, known: ProcessMemory | undefined, { kind, seconds }: Interval): Use {
  if (kind === 'first') return { process, cpu: 0, io: 0 };
  const { cpu, io } = known ?? { cpu: 0, io: 0 };
  return { process, cpu: rate(process.cpu_s, cpu, seconds), io: rate(process.io_bytes, io, seconds) };
}

function rate(now: number | null, before: number | null, seconds: number): number | null {
  return now === null || before === null ? null : Math.max(0, now - before) / seconds;
}

function look(uses: readonly Use[], { t }: Interval): ProcessLook {
  const works = uses.filter(doesWork).sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0) || (b.io ?? 0) - (a.io ?? 0));
  const signals = works.slice(0, MOST_NAMED).map(use => signal(sentenceOf(use), t));
  const unnamed = works.length - MOST_NAMED;
  const more = unnamed > 0 ? [signal(`${unnamed} more ${unnamed === 1 ? 'process works' : 'processes work'}.`, t)] : [];
  return { signals: [...signals, ...more], isUnknown: uses.some(use => !doesWork(use) && use.cpu === null) };
}

function doesWork({ cpu, io }: Use): boolean {
  return (cpu ?? 0) >= LEAST_CPU || (io ?? 0) >= LEAST_IO;
}

function signal(text: string, t: number): SeenSignal {
  return { signal: 'process', counts: true, text, t };
}

function sentenceOf({ process, cpu, io }: Use): string {
  const { program, kernel, terminal } = process;
  const where =
    terminal !== null ? `in terminal ${clipped(terminal)}` : kernel !== null ? 'below the kernel' : 'in the background';
  const used =
    (cpu ?? 0) >= LEAST_CPU ? `used ${processorsInWords(cpu ?? 0)}` : `read and wrote ${rateInWords(io ?? 0)}`;
  return `${clipped(program)} ${where} ${used}.`;
}
