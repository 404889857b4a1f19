/** What the page knows of the gateway, and how each event changes it. Pure: the same state and event, the same result. */
import type { Environment, GatewayEvent, Offer, RunView } from '@berth/gateway/contract';

export interface IGatewayState {
  /** False until the first snapshot: empty lists then mean "not known yet". */
  readonly loaded: boolean;
  /** Newest first. */
  readonly runs: readonly RunView[];
  readonly offers: readonly Offer[];
  readonly environments: readonly Environment[];
}

export const NOTHING_YET: IGatewayState = { loaded: false, runs: [], offers: [], environments: [] };

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
      return { state: { ...state, offers: event.offers }, changes: [] };
    case 'environment':
      return { state: { ...state, environments: withEnvironment(state.environments, event.environment) }, changes: [] };
    default:
      return { state, changes: [] }; // `log`, and types that a later gateway may add
  }
}

export function findRun(state: IGatewayState, runId: string): RunView | null {
  return state.runs.find(run => run.id === runId) ?? null;
}

type Snapshot = NonNullable<Extract<GatewayEvent, { type: 'hello' }>['snapshot']>;

function fromSnapshot(state: IGatewayState, snapshot: Snapshot): IStep {
  const { offers, environments } = snapshot;
  const before = new Map(state.runs.map(run => [run.id, run]));
  const now = new Set(snapshot.runs.map(run => run.id));
  const changes = [
    ...snapshot.runs.map(run => ({ before: before.get(run.id) ?? null, after: run })),
    ...state.runs.filter(run => !now.has(run.id)).map(run => ({ before: run, after: null }))
  ];
  return { state: { loaded: true, runs: newestFirst(snapshot.runs), offers, environments }, changes };
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

function withEnvironment(present: readonly Environment[], changed: Environment): readonly Environment[] {
  return present.some(({ name }) => name === changed.name)
    ? present.map(environment => (environment.name === changed.name ? changed : environment))
    : [...present, changed];
}

function newestFirst(runs: readonly RunView[]): RunView[] {
  return [...runs].sort((a, b) => b.submittedAtMs - a.submittedAtMs || (a.id < b.id ? 1 : -1));
}
