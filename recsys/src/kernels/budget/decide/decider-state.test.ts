import { Decider } from './decide.js';
import { planOf } from '../testing/decision-day.js';

const PLAN = planOf([[0], [1]], [10, 20], 100);
const STATE = new Decider(PLAN).state();

describe('a state', () => {
  test.each([
    ['a later version', { version: 2 }, /state.version is 2: want 1/],
    ['another plan', { madeAtMs: 7 }, /state is of the plan made at 7: want that of 0/],
    ['another day', { seen: [1] }, /state.seen has 1 intervals: want 24/],
    ['a price that is no number', { prices: [0, null] }, /state.prices\[1\] is null/],
    ['a negative excess', { excess: [0, -1] }, /state.excess\[1\] is -1/],
    ['lists of different lengths', { sends: [0] }, /state.sends has 1 limits: want 2/],
    ['limits that the plan has not', { prices: [0, 0, 0], excess: [0, 0, 0], sends: [0, 0, 0] }, /want at most 2/],
    ['no list', { seen: 'many' }, /state.seen: want a list of numbers/],
    ['a value that is none', { typicalValue: NaN }, /state.typicalValue and valuesSeen\[0\] is NaN/]
  ])('of %s is refused', (_name, change, message) => {
    expect(() => new Decider(PLAN, { state: { ...STATE, ...(change as object) } })).toThrow(message);
  });

  test('survives as JSON', () => {
    const state = JSON.parse(JSON.stringify(STATE)) as typeof STATE;
    expect(new Decider(PLAN, { state }).state()).toEqual(STATE);
  });

  test('what was spent is not in it: that is given with it, and checked', () => {
    expect(() => new Decider(PLAN, { spent: Float64Array.of(1) })).toThrow(/spent has 1 entries: want 2/);
    expect(() => new Decider(PLAN, { spent: Float64Array.of(1, NaN) })).toThrow(/spent\[1\] is NaN/);
  });
});
