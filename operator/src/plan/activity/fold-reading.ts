/** Lays one reading of the agent on what is known so far. The same readings give the same result, in however many pieces they come. */
import type { ActivityMemory, KernelMemory, SeenSignal } from './activity-memory.js';
import type { Evidence, KernelEvidence, LeaseEvidence, Reading } from './evidence.js';
import { intervalAt, type Interval } from './interval.js';
import { countedInput, isNewInput } from './judge-input.js';
import { inOrder, judgeKernel, leaseSignals, type KernelLook } from './judge-kernel.js';
import { judgeProcesses, rememberProcesses, type ProcessLook } from './judge-processes.js';
import { clipped } from './measured-words.js';
import { tallyLook, type Look } from './tally-look.js';
import { durationInWords } from './duration-in-words.js';

/** When a busy or unknown one counts as idle. */
export interface TimeLimits {
  readonly busyMaxMs: number;
  readonly unknownMaxMs: number;
}

export interface FoldSettings {
  readonly readEveryMs: number;
  readonly workspace: TimeLimits;
  readonly ofKernel: (id: string) => TimeLimits;
}

export function foldReading(memory: ActivityMemory, reading: Reading, settings: FoldSettings): ActivityMemory {
  return 'failed' in reading ? foldFailed(memory, reading, settings) : foldSeen(memory, reading, settings);
}

function foldFailed(
  memory: ActivityMemory,
  { t, failed }: { readonly t: number; readonly failed: string },
  { readEveryMs, workspace, ofKernel }: FoldSettings
): ActivityMemory {
  const interval = intervalAt(t, memory.seenT, memory.lookT, readEveryMs);
  const failure: SeenSignal = {
    signal: 'failed-reading',
    counts: false,
    text: `The agent could not look: ${failed}`,
    t
  };
  const lookAfter = (signals: readonly SeenSignal[]): Look => ({
    verdict: 'unknown',
    signals: [
      failure,
      ...signals.filter(({ signal }) => signal !== 'failed-reading').map(seen => ({ ...seen, counts: false }))
    ],
    cpu: null
  });
  const tally = memory.workspace ?? undefined;
  return {
    ...memory,
    lookT: t,
    workspace: tallyLook(tally, lookAfter(tally?.signals ?? []), interval, workspace.unknownMaxMs),
    kernels: memory.kernels.map(kernel => ({
      ...kernel,
      ...tallyLook(kernel, lookAfter(kernel.signals), interval, ofKernel(kernel.id).unknownMaxMs)
    }))
  };
}

function foldSeen(
  memory: ActivityMemory,
  { t, evidence }: { readonly t: number; readonly evidence: Evidence },
  settings: FoldSettings
): ActivityMemory {
  const interval = intervalAt(t, memory.seenT, memory.lookT, settings.readEveryMs);
  const works = judgeProcesses(evidence, memory.processes, interval);
  const before = new Map(memory.kernels.map(kernel => [kernel.id, kernel]));
  const there = [...new Map(evidence.kernels.map(kernel => [kernel.id, kernel])).values()];
  const kernels = there.map(kernel => {
    const known = before.get(kernel.id);
    const own: Interval = known === undefined ? { kind: 'first', t, seconds: 0, restMs: 0, unknownMs: 0 } : interval;
    return foldKernel(kernel, known, { interval: own, below: works.get(kernel.id), leases: evidence.leases, settings });
  });
  const isNew = isNewInput(evidence.input_t, memory.inputT, interval);
  const look = lookAtWorkspace({ evidence, kernels, before, interval, isNew, free: works.get(null) });
  return {
    ...memory,
    lookT: t,
    seenT: t,
    inputT: countedInput(evidence.input_t, memory.inputT, isNew),
    workspace: tallyLook(memory.workspace ?? undefined, look, interval, settings.workspace.unknownMaxMs),
    kernels,
    processes: rememberProcesses(evidence)
  };
}

interface KernelContext {
  readonly interval: Interval;
  readonly below: ProcessLook | undefined;
  readonly leases: readonly LeaseEvidence[];
  readonly settings: FoldSettings;
}

function foldKernel(
  kernel: KernelEvidence,
  before: KernelMemory | undefined,
  { interval, below, leases, settings }: KernelContext
): KernelMemory {
  const { busyMaxMs, unknownMaxMs } = settings.ofKernel(kernel.id);
  const holding = leases.filter(lease => lease.kernel === kernel.id || lease.kernel === null);
  const look = judgeKernel({ kernel, before, interval, below, leases: holding, busyMaxMs });
  const { verdict, signals, cpu } = look;
  const { id, name, path, executions, cpu_s, input_t } = kernel;
  return {
    ...tallyLook(before, { verdict, signals, cpu }, interval, unknownMaxMs),
    id,
    name,
    path,
    executions,
    cpu: cpu_s === null ? (before?.cpu ?? null) : { s: cpu_s, t: interval.t },
    inputT: countedInput(input_t, before?.inputT ?? null, look.hasInput),
    ...clocksAfter(look, before, interval)
  };
}

/** How long it has been quiet, or starting. A cell that begins to run begins its quiet anew. */
function clocksAfter(
  { isQuiet, isStarting, hasRun }: KernelLook,
  before: KernelMemory | undefined,
  { restMs }: Interval
): Pick<KernelMemory, 'quietMs' | 'startingMs'> {
  return {
    quietMs: isQuiet && !hasRun ? (before?.quietMs ?? 0) + restMs : 0,
    startingMs: isStarting ? (before?.startingMs ?? 0) + restMs : 0
  };
}

interface WorkspaceSeen {
  readonly evidence: Evidence;
  readonly kernels: readonly KernelMemory[];
  readonly before: ReadonlyMap<string, KernelMemory>;
  readonly interval: Interval;
  readonly isNew: boolean;
  readonly free: ProcessLook | undefined;
}

/** The workspace is as active as the most active of what is in it. */
function lookAtWorkspace({ evidence, kernels, before, interval, isNew, free }: WorkspaceSeen): Look {
  const { t, kind } = interval;
  const { input_t: inputT, leases } = evidence;
  const started = kind === 'first' ? [] : kernels.filter(({ id }) => !before.has(id));
  const ids = new Set(kernels.map(({ id }) => id));
  const signals = inOrder([
    ...kernels.flatMap(ofKernel),
    ...started.map(({ name }): SeenSignal => ({
      signal: 'starting',
      counts: true,
      text: `${clipped(name)} was started.`,
      t
    })),
    ...(free?.signals ?? []),
    ...leaseSignals(
      leases.filter(({ kernel }) => kernel === null || !ids.has(kernel)),
      t
    ),
    ...inputSignals(inputT, isNew, t)
  ]);
  const isActive = signals.some(({ counts }) => counts);
  const isUnknown = free?.isUnknown === true || kernels.some(({ activity }) => activity === 'unknown');
  return { verdict: isActive ? 'active' : isUnknown ? 'unknown' : 'idle', signals, cpu: null };
}

/** What a kernel adds to the signals of its workspace: what makes it active, or what about it is not known. */
function ofKernel({ name, activity, signals }: KernelMemory): SeenSignal[] {
  return signals
    .filter(({ signal, counts }) =>
      activity === 'active' ? counts : signal === 'gpu-unknown' || signal === 'waits-input'
    )
    .map(seen => ({ ...seen, text: `${clipped(name)}: ${seen.text}` }));
}

function inputSignals(inputT: number | null, isNew: boolean, t: number): SeenSignal[] {
  if (isNew) return [{ signal: 'input', counts: true, text: 'Somebody typed, clicked or ran something.', t }];
  if (inputT === null) return [];
  const text = `Nobody has typed, clicked or run anything for ${durationInWords((t - inputT) * 1000)}.`;
  return [{ signal: 'input', counts: false, text, t }];
}
