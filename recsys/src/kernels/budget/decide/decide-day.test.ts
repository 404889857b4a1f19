import { Decider } from './decide.js';
import type { DeciderState } from './decider-state.js';
import type { DecisionPlan } from './decision-plan.js';
import { arrivalTimes, HOUR_MS, liveThrough, planOf, uniformOf } from '../testing/decision-day.js';

const PEOPLE = 40_000;
const CAP = 12_000;

/** One option with one limit; its right price for values even in [0, 1) is 0.7. */
function onePlan(price: number, more: Parameters<typeof planOf>[3] = {}): DecisionPlan {
  return planOf([[0]], [CAP], PEOPLE, { prices: Float64Array.of(price), ...more });
}

describe('a day', () => {
  const burst = (hour: number): number => (hour === 12 ? 4 : 1);
  const outage = (hour: number): number => (hour >= 19 && hour < 21 ? 0 : 1);

  test.each<[string, { price?: number; times?: (hour: number) => number; size?: (hour: number) => number }]>([
    ['as foreseen', {}],
    ['nobody told a price', { price: 0 }],
    ['a price far too high', { price: 1e6 }],
    ['a fifth more people than expected', { times: () => 1.2 }],
    ['a fifth fewer', { times: () => 0.8 }],
    ['a burst at noon', { times: burst }],
    ['an outage in the evening', { times: outage }],
    ['values that grow a hundredfold at noon', { size: hour => (hour < 12 ? 1 : 100) }],
    ['values that collapse at noon', { size: hour => (hour < 12 ? 1 : 0.01) }]
  ])('%s: the budget is used, within half a percent, and lasts until the evening', (_name, story) => {
    const { price = 0.7, times, size = () => 1 } = story;
    const decider = new Decider(onePlan(price));
    const uniform = uniformOf(1);
    const people = arrivalTimes(PEOPLE, times);
    const evening = people.findIndex(time => time >= 18 * HOUR_MS);
    const draw = (hour: number): { options: number[]; values: number[] } => ({
      options: [0],
      values: [uniform() * size(hour)]
    });
    liveThrough(decider, people.slice(0, evening), draw);
    expect(decider.spent[0]).toBeLessThan(0.9 * CAP);
    liveThrough(decider, people.slice(evening), draw);
    expect(decider.spent[0]).toBeGreaterThanOrEqual(0.995 * CAP);
    expect(decider.spent[0]).toBeLessThanOrEqual(CAP);
  });

  test('is worth almost what the best choice in hindsight is, where a wrong fixed price is not', () => {
    const uniform = uniformOf(2);
    const values = arrivalTimes(PEOPLE).map(() => uniform());
    const best = [...values].sort((a, b) => b - a).slice(0, CAP);
    const mostWorth = best.reduce((sum, value) => sum + value, 0);
    let next = 0;
    const draw = (): { options: number[]; values: number[] } => ({ options: [0], values: [values[next++] as number] });
    const value = liveThrough(new Decider(onePlan(0.5)), arrivalTimes(PEOPLE), draw);
    expect(value).toBeGreaterThan(0.99 * mostWorth);
    const sent = values.filter(each => each > 0.5).slice(0, CAP); // until the budget is gone, in the afternoon
    expect(sent.reduce((sum, each) => sum + each, 0)).toBeLessThan(0.95 * mostWorth);
  });

  test('where all values are the same, the budget still lasts all day', () => {
    const decider = new Decider(onePlan(1));
    const people = arrivalTimes(PEOPLE);
    const spentBy = [6, 12, 18, 24].map(hour => {
      const part = people.filter(time => time >= (hour - 6) * HOUR_MS && time < hour * HOUR_MS);
      liveThrough(decider, part, () => ({ options: [0], values: [1] }));
      return (decider.spent[0] as number) / CAP;
    });
    spentBy.forEach((part, quarter) => {
      expect(Math.abs(part - (quarter + 1) / 4)).toBeLessThan(0.12);
    });
    expect(spentBy[3]).toBeGreaterThan(0.995);
  });

  test('one value that is wrong by a factor of 10¹² does not stop the day', () => {
    const decider = new Decider(onePlan(0.7));
    const uniform = uniformOf(3);
    let asked = 0;
    liveThrough(decider, arrivalTimes(PEOPLE), () => ({
      options: [0],
      values: [asked++ === 2000 ? 1e12 : uniform()]
    }));
    expect(decider.spent[0]).toBeGreaterThan(0.995 * CAP);
    expect(decider.prices[0]).toBeLessThan(1);
  });

  test('a clock that jumps now and then does not stop it either', () => {
    const decider = new Decider(onePlan(0.7));
    const uniform = uniformOf(4);
    const people = arrivalTimes(PEOPLE).map((time, at) => (at % 97 === 0 ? time + 1e13 : at % 89 === 0 ? 0 : time));
    liveThrough(decider, people, () => ({ options: [0], values: [uniform()] }));
    expect(decider.spent[0]).toBeGreaterThan(0.99 * CAP);
  });

  test('a cap of twenty is not gone in the first minutes because its price was too low', () => {
    const plan = planOf([[0]], [20], PEOPLE, { prices: Float64Array.of(0.9) });
    const decider = new Decider(plan);
    const uniform = uniformOf(5);
    const people = arrivalTimes(PEOPLE);
    const draw = (): { options: number[]; values: number[] } => ({ options: [0], values: [uniform()] });
    liveThrough(decider, people.slice(0, PEOPLE / 4), draw);
    expect(decider.spent[0]).toBeLessThanOrEqual(8);
    liveThrough(decider, people.slice(PEOPLE / 4), draw);
    expect(decider.spent[0]).toBeGreaterThanOrEqual(16);
  });

  test('what is held back, because it runs ahead of the day, teaches the price as well', () => {
    const decider = new Decider(planOf([[0]], [20], PEOPLE));
    const uniform = uniformOf(10);
    liveThrough(decider, arrivalTimes(PEOPLE).slice(0, 200), () => ({ options: [0], values: [uniform()] }));
    expect(decider.spent[0]).toBeLessThanOrEqual(3);
    expect(decider.prices[0]).toBeGreaterThan(0.5);
  });

  test('a limit whose candidates come in the morning only is used up in the morning', () => {
    const times = { fromMs: Float64Array.of(6 * HOUR_MS), toMs: Float64Array.of(12 * HOUR_MS) };
    const decider = new Decider(planOf([[0]], [4000], PEOPLE, { prices: Float64Array.of(0.2), ...times }));
    const uniform = uniformOf(6);
    liveThrough(decider, arrivalTimes(PEOPLE), hour => {
      const isMorning = hour >= 6 && hour < 12;
      return { options: isMorning ? [0] : [], values: isMorning ? [uniform()] : [] };
    });
    expect(decider.spent[0]).toBeGreaterThan(0.99 * 4000);
  });

  test('a floor is met by a subsidy, and hardly more than met', () => {
    const decider = new Decider(planOf([[0]], [Infinity], PEOPLE, { floors: [8000] }));
    const uniform = uniformOf(7);
    liveThrough(decider, arrivalTimes(PEOPLE), () => ({ options: [0], values: [uniform() - 0.9] }));
    expect(decider.spent[0]).toBeGreaterThanOrEqual(8000);
    expect(decider.spent[0]).toBeLessThan(8000 * 1.01);
  });
});

describe('a process that is killed', () => {
  test('goes on from its last state and the record of what was sent: the budget is used, and never twice', () => {
    const plan = planOf([[0], [0, 1]], [CAP, CAP / 4], PEOPLE, { prices: Float64Array.of(0.5, 0) });
    const uniform = uniformOf(8);
    const record = Float64Array.of(0, 0);
    let decider = new Decider(plan);
    let kept: DeciderState = decider.state();
    for (const [index, time] of arrivalTimes(PEOPLE).entries()) {
      if (index % 250 === 0) kept = JSON.parse(JSON.stringify(decider.state())) as DeciderState;
      if (index % 3700 === 3699) decider = new Decider(plan, { spent: record, state: kept });
      const { send } = decider.decide({ options: [0, 1], values: [uniform(), uniform()] }, time);
      for (const at of send) {
        record[0] = (record[0] as number) + 1;
        if (at === 1) record[1] = (record[1] as number) + 1;
      }
    }
    expect(record[0]).toBeLessThanOrEqual(CAP);
    expect(record[1]).toBeLessThanOrEqual(CAP / 4);
    expect(record[0]).toBeGreaterThan(0.995 * CAP);
    expect(record[1]).toBeGreaterThan(0.99 * (CAP / 4));
  });

  test('knows the prices it had learnt, also with a campaign that was born meanwhile', () => {
    const before = new Decider(planOf([[0]], [CAP], PEOPLE, { prices: Float64Array.of(0.2) }));
    const uniform = uniformOf(9);
    liveThrough(before, arrivalTimes(PEOPLE).slice(0, PEOPLE / 2), () => ({ options: [0], values: [uniform()] }));
    const more = planOf([[0], [0, 1]], [CAP, 50], PEOPLE, { prices: Float64Array.of(0.2, NaN) });
    const after = new Decider(more, { spent: Float64Array.of(before.spent[0] as number, 0), state: before.state() });
    expect(after.prices[0]).toBe(before.prices[0]);
    expect(after.prices[0]).toBeGreaterThan(0.5);
    expect(after.priceOf(1, 12 * HOUR_MS)).toBe(after.prices[0]);
  });
});
