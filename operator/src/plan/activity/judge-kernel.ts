/**
 * Decides whether a kernel works, from what one look saw of it and what its counters have done since the look before. Each signal is
 * judged by itself; one that counts is enough. What could not be measured is unknown, never zero.
 */
import type { KernelMemory, SeenSignal, Verdict } from './activity-memory.js';
import { durationInWords } from './duration-in-words.js';
import type { KernelEvidence, LeaseEvidence } from './evidence.js';
import type { Interval } from './interval.js';
import { isNewInput } from './judge-input.js';
import type { ProcessLook } from './judge-processes.js';
import { clipped, processorsInWords } from './measured-words.js';

/** Of a processor: above these a kernel works while a cell runs, while none runs, and over a time that nobody observed. */
const LEAST_BUSY_CPU = 0.05;
const LEAST_CPU = 0.1;
const LEAST_GAP_CPU = 0.01;
/** Percent of a GPU. */
const LEAST_GPU = 1;
/** A start that takes longer is none. */
const STARTING_MS = 600_000;

export interface KernelLook {
  readonly verdict: Verdict;
  /** What counts first. */
  readonly signals: readonly SeenSignal[];
  /** Of a processor, since the look before; null: could not be measured. */
  readonly cpu: number | null;
  readonly hasInput: boolean;
  readonly hasRun: boolean;
  /** A cell runs, and nothing of it can be measured. */
  readonly isQuiet: boolean;
  readonly isStarting: boolean;
}

interface Seen {
  readonly kernel: KernelEvidence;
  readonly before: KernelMemory | undefined;
  readonly interval: Interval;
  readonly below: ProcessLook | undefined;
  readonly leases: readonly LeaseEvidence[];
  readonly busyMaxMs: number;
}

type Finding = Pick<SeenSignal, 'signal' | 'counts' | 'text'> | undefined;

export function judgeKernel(seen: Seen): KernelLook {
  const { kernel, before, interval, below } = seen;
  const cpu = cpuSince(kernel, before, interval);
  const hasRun = before !== undefined && hasBegunCell(kernel.executions, before.executions);
  const hasInput = before !== undefined && isNewInput(kernel.input_t, before.inputT, interval);
  const works = isBusy(kernel) && ((cpu ?? 0) >= leastCpu(kernel, interval) || usesGpu(kernel) || hasWork(below));
  const isQuiet = isBusy(kernel) && !works;
  const findings = [
    busyFinding(seen, works, cpu),
    startFinding(seen),
    executionFinding(kernel, before, hasRun),
    cpuFinding(kernel, cpu, interval),
    gpuFinding(kernel),
    inputFinding(kernel, hasInput, interval)
  ].filter(finding => finding !== undefined);
  const signals = inOrder([
    ...findings.map(finding => ({ ...finding, t: interval.t })),
    ...(below?.signals ?? []),
    ...leaseSignals(seen.leases, interval.t)
  ]);
  const verdict = verdictOn(seen, signals, cpu);
  return { verdict, signals, cpu, hasInput, hasRun, isQuiet, isStarting: isStarting(kernel) };
}

/** What counts comes first; else the order stays. */
export function inOrder(signals: readonly SeenSignal[]): SeenSignal[] {
  return [...signals.filter(({ counts }) => counts), ...signals.filter(({ counts }) => !counts)];
}

/** Leases that hold now, as signals. */
export function leaseSignals(leases: readonly LeaseEvidence[], t: number): SeenSignal[] {
  return leases
    .filter(({ until_t }) => until_t === null || until_t > t)
    .map(({ why }) => ({ signal: 'lease', counts: true, text: `It is to be kept: ${clipped(why)}.`, t }));
}

/** One signal that counts is enough; only where there is none, it matters what could not be measured. */
function verdictOn(seen: Seen, signals: readonly SeenSignal[], cpu: number | null): Verdict {
  if (signals.some(({ counts }) => counts)) return 'active';
  if (seen.below?.isUnknown === true) return 'unknown';
  return seen.kernel.state === 'dead' || isMeasured(seen, cpu) ? 'idle' : 'unknown';
}

/** The first look has nothing to compare with: it is enough that there will be something. */
function isMeasured({ kernel, before, interval }: Seen, cpu: number | null): boolean {
  const isFirst = before === undefined || interval.kind === 'first';
  return kernel.state !== 'unknown' && (isFirst ? kernel.cpu_s !== null : cpu !== null);
}

function cpuSince({ cpu_s: now }: KernelEvidence, before: KernelMemory | undefined, interval: Interval): number | null {
  if (now === null || before === undefined || before.cpu === null || interval.kind === 'first') return null;
  // A counter that went back is that of a new process: what it shows, it has used since.
  const used = now >= before.cpu.s ? now - before.cpu.s : now;
  return used / Math.max(interval.seconds, interval.t - before.cpu.t);
}

/** A count that went back began anew. */
function hasBegunCell(now: number, before: number): boolean {
  return now > before || (now < before && now > 0);
}

/** A cell that waits for a person does nothing. */
function isBusy({ state, waits_input }: KernelEvidence): boolean {
  return state === 'busy' && !waits_input;
}

function isStarting({ state }: KernelEvidence): boolean {
  return state === 'starting' || state === 'restarting';
}

function usesGpu({ gpu_util }: KernelEvidence): boolean {
  return (gpu_util ?? 0) >= LEAST_GPU;
}

function hasWork(below: ProcessLook | undefined): boolean {
  return (below?.signals.length ?? 0) > 0;
}

function leastCpu(kernel: KernelEvidence, { kind }: Interval): number {
  if (kind === 'gap') return LEAST_GAP_CPU;
  return isBusy(kernel) ? LEAST_BUSY_CPU : LEAST_CPU;
}

function busyFinding({ kernel, before, busyMaxMs }: Seen, works: boolean, cpu: number | null): Finding {
  if (kernel.state !== 'busy') return undefined;
  if (kernel.waits_input) {
    return { signal: 'waits-input', counts: false, text: 'A cell waits for somebody to answer its input().' };
  }
  const used = cpu === null ? '' : ` The kernel itself used ${processorsInWords(cpu)}.`;
  if (works) return { signal: 'kernel-busy', counts: true, text: `A cell runs and works.${used}` };
  const quietMs = before?.quietMs ?? 0;
  const text = `A cell runs; for ${durationInWords(quietMs)} nothing that it does could be measured.${used}`;
  return { signal: 'silent-busy', counts: quietMs < busyMaxMs, text };
}

function startFinding({ kernel, before }: Seen): Finding {
  if (kernel.state === 'dead') return { signal: 'dead', counts: false, text: 'The kernel is dead.' };
  if (!isStarting(kernel)) return undefined;
  const ms = before?.startingMs ?? 0;
  const text =
    ms === 0 ? `The kernel is ${kernel.state}.` : `The kernel has been ${kernel.state} for ${durationInWords(ms)}.`;
  return { signal: 'starting', counts: ms < STARTING_MS, text };
}

function executionFinding({ executions }: KernelEvidence, before: KernelMemory | undefined, hasRun: boolean): Finding {
  if (!hasRun || before === undefined) return undefined;
  const cells = executions > before.executions ? executions - before.executions : executions;
  return {
    signal: 'execution',
    counts: true,
    text: cells === 1 ? 'A cell began to run.' : `${cells} cells began to run.`
  };
}

function cpuFinding(kernel: KernelEvidence, cpu: number | null, interval: Interval): Finding {
  if (isBusy(kernel) || kernel.state === 'dead' || cpu === null) return undefined;
  const counts = cpu >= leastCpu(kernel, interval);
  return { signal: 'kernel-cpu', counts, text: `No cell ran, and the kernel used ${processorsInWords(cpu)}.` };
}

function gpuFinding(kernel: KernelEvidence): Finding {
  const { gpu, gpu_util } = kernel;
  if (gpu_util !== null) {
    const of = gpu === 'shared' ? 'the GPU that it shares' : 'its GPU';
    const percent = gpu_util > 0 && gpu_util < LEAST_GPU ? 'less than 1' : String(Math.round(gpu_util));
    return { signal: 'gpu', counts: usesGpu(kernel), text: `Its processes used ${percent} % of ${of}.` };
  }
  if (gpu === 'none') return undefined;
  return { signal: 'gpu-unknown', counts: false, text: 'It holds a GPU, and how much it uses it cannot be measured.' };
}

function inputFinding({ input_t }: KernelEvidence, hasInput: boolean, { t }: Interval): Finding {
  if (hasInput)
    return { signal: 'input', counts: true, text: 'Somebody typed, clicked or ran something in its notebook.' };
  if (input_t === null) return undefined;
  const ago = durationInWords((t - input_t) * 1000);
  return {
    signal: 'input',
    counts: false,
    text: `Nobody has typed, clicked or run anything in its notebook for ${ago}.`
  };
}
