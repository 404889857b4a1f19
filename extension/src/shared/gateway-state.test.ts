import type { GatewayEvent } from '@berth/gateway/contract';
import { makeEnvironment, makeOffer, makeRun } from '../testing/gateway.testkit.js';
import { applyEvent, NOTHING_YET, type IGatewayState } from './gateway-state.js';

const hello = (runs: ReturnType<typeof makeRun>[]): GatewayEvent => ({
  type: 'hello',
  cursor: '1',
  resumed: false,
  snapshot: { runs, kernels: [], offers: [makeOffer('cpu')], environments: [makeEnvironment('default')] }
});

const after = (...events: GatewayEvent[]): IGatewayState =>
  events.reduce((state, event) => applyEvent(state, event).state, NOTHING_YET);

const ids = (state: IGatewayState): string[] => state.runs.map(({ id }) => id);

test('a snapshot fills everything, newest run first', () => {
  const state = after(hello([makeRun('old', { submittedAtMs: 1 }), makeRun('new', { submittedAtMs: 2 })]));
  expect(state.loaded).toBe(true);
  expect(ids(state)).toEqual(['new', 'old']);
  expect(state.offers).toHaveLength(1);
});

test('a resumed hello changes nothing', () => {
  const before = after(hello([makeRun('a')]));
  expect(applyEvent(before, { type: 'hello', cursor: '2', resumed: true, snapshot: null }).state).toBe(before);
});

test('a run that is new comes first, one that is known keeps its place', () => {
  const state = after(
    hello([makeRun('a', { submittedAtMs: 1 }), makeRun('b', { submittedAtMs: 2 })]),
    { type: 'run', cursor: '2', run: makeRun('c', { submittedAtMs: 3 }) },
    { type: 'run', cursor: '3', run: makeRun('a', { submittedAtMs: 1, phase: 'Failed' }) }
  );
  expect(ids(state)).toEqual(['c', 'b', 'a']);
  expect(state.runs[2]?.phase).toBe('Failed');
});

test('a snapshot after a gap yields what ended and what was deleted meanwhile', () => {
  const before = after(hello([makeRun('ends'), makeRun('goes')]));
  const { changes } = applyEvent(before, hello([makeRun('ends', { phase: 'Succeeded' })]));
  expect(changes.map(change => [change.before?.phase, change.after?.phase])).toEqual([
    ['Running', 'Succeeded'],
    ['Running', undefined]
  ]);
});

test('deleting a run twice is harmless', () => {
  const gone: GatewayEvent = { type: 'run-deleted', cursor: '2', runId: 'a' };
  expect(ids(after(hello([makeRun('a')]), gone, gone))).toEqual([]);
});

test('an event of a type that is not known yet is passed over', () => {
  const before = after(hello([]));
  expect(applyEvent(before, { type: 'weather', cursor: '9' } as unknown as GatewayEvent).state).toBe(before);
});
