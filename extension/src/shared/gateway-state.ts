/** What the page knows of the gateway, and how each event changes it. Pure: the same state and event, the same result. */
import type { Environment, GatewayEvent, KernelView, Offer, RunView } from '@berth/gateway/contract';

export interface IGatewayState {
  /** False until the first snapshot: empty lists then mean "not known yet". */
  readonly loaded: boolean;
  /** Newest first. */
  readonly runs: readonly RunView[];
  /** Kernels that hold or wait for compute. */
  readonly kernels: readonly KernelView[];
  readonly offers: readonly Offer[];
  readonly environments: readonly Environment[];
}

export const NOTHING_YET: IGatewayState = { loaded: false, runs: [], kernels: [], offers: [], environments: [] };

/** One run before and after; `null` where it was not or is not. */
export interface IRunChange {
  readonly before: RunView | null;
  readonly after: RunView | null;
}

export interface IStep {
  readonly state: IGatewayState;
  readonly changes: readonly IRunChange[];
}

/** The state after an event, and which runs it changed. A snapshot after a gap yields the changes that were missed. */
export function applyEvent(state: IGatewayState, event: GatewayEvent): IStep {
  switch (event.type) {
    case 'hello':
      return event.snapshot === null ? { state, changes: [] } : fromSnapshot(state, event.snapshot);
    case 'run':
      return withRun(state, event.run);
    case 'run-deleted':
      return withoutRun(state, event.runId);
    case 'offers':
      return only({ ...state, offers: event.offers });
    case 'environment':
      return only({ ...state, environments: withOne(state.environments, event.environment, ({ name }) => name) });
    case 'environment-deleted':
      return only({ ...state, environments: state.environments.filter(({ name }) => name !== event.name) });
    case 'kernel':
      return only({ ...state, kernels: withOne(state.kernels, event.kernel, ({ id }) => id) });
    case 'kernel-deleted':
      return only({ ...state, kernels: state.kernels.filter(({ id }) => id !== event.id) });
    default:
      return { state, changes: [] }; // `log`, and types that a later gateway may add
  }
}

export function findRun(state: IGatewayState, runId: string): RunView | null {
  return state.runs.find(run => run.id === runId) ?? null;
}

type Snapshot = NonNullable<Extract<GatewayEvent, { type: 'hello' }>['snapshot']>;

function fromSnapshot(state: IGatewayState, snapshot: Snapshot): IStep {
  const { kernels, offers, environments } = snapshot;
  const before = new Map(state.runs.map(run => [run.id, run]));
  const now = new Set(snapshot.runs.map(run => run.id));
  const changes = [
    ...snapshot.runs.map(run => ({ before: before.get(run.id) ?? null, after: run })),
    ...state.runs.filter(run => !now.has(run.id)).map(run => ({ before: run, after: null }))
  ];
  return { state: { loaded: true, runs: newestFirst(snapshot.runs), kernels, offers, environments }, changes };
}

function withRun(state: IGatewayState, run: RunView): IStep {
  const before = findRun(state, run.id);
  const runs =
    before === null
      ? newestFirst([...state.runs, run])
      : state.runs.map(present => (present.id === run.id ? run : present));
  return { state: { ...state, runs }, changes: [{ before, after: run }] };
}

function withoutRun(state: IGatewayState, runId: string): IStep {
  const before = findRun(state, runId);
  if (before === null) return { state, changes: [] };
  return { state: { ...state, runs: state.runs.filter(run => run !== before) }, changes: [{ before, after: null }] };
}

/** A step that changes no run. */
function only(state: IGatewayState): IStep {
  return { state, changes: [] };
}

/** The list with this one in the place of its former self, or at the end. */
function withOne<T>(present: readonly T[], changed: T, keyOf: (it: T) => string): readonly T[] {
  const key = keyOf(changed);
  return present.some(it => keyOf(it) === key)
    ? present.map(it => (keyOf(it) === key ? changed : it))
    : [...present, changed];
}

function newestFirst(runs: readonly RunView[]): RunView[] {
  return [...runs].sort((a, b) => b.submittedAtMs - a.submittedAtMs || (a.id < b.id ? 1 : -1));
}
