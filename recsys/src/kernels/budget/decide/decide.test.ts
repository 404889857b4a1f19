import fc from 'fast-check';
import type { Arrival } from './arrival.js';
import { Decider } from './decide.js';
import type { DecisionPlan } from './decision-plan.js';
import { amount } from '../testing/amounts.js';
import { HOUR_MS, planOf } from '../testing/decision-day.js';

const NOON = 12 * HOUR_MS;

/** Push and mail count against the person's cap of 2, in-app does not; push 1, mail 2, in-app 1. Option o is of channel o % 3. */
const NESTED: Partial<DecisionPlan> = {
  personCap: 2,
  channels: [
    { cap: 1, isCounted: true },
    { cap: 2, isCounted: true },
    { cap: 1, isCounted: false }
  ]
};

function nestedPlan(options: number, caps: readonly number[], more: Partial<DecisionPlan> = {}): DecisionPlan {
  const plan = planOf(
    Array.from({ length: options }, () => caps.map((_, limit) => limit)),
    caps,
    1000,
    { ...NESTED, ...more }
  );
  return { ...plan, options: { ...plan.options, channel: Uint16Array.from({ length: options }, (_, at) => at % 3) } };
}

describe('one decision', () => {
  test('sends the best of each channel, as far as the caps of the person go, best first', () => {
    const decider = new Decider(nestedPlan(7, []));
    const decision = decider.decide({ options: [0, 1, 2, 3, 4, 5, 6], values: [5, 4, 1, 6, 3, 2, -1] }, NOON);
    expect(decision).toEqual({ send: [3, 1, 5], mode: 'paced' });
  });

  test('is the best of all subsets that the caps of the person allow', () => {
    const values = fc.array(fc.integer({ min: -3, max: 9 }), { maxLength: 8 });
    const sent = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));
    fc.assert(
      fc.property(values, sent, fc.nat(4), (values, sent, personCap) => {
        const options = values.map((_, option) => option);
        const arrival = { options, values, sent, personCap };
        const { send } = new Decider(nestedPlan(8, [])).decide(arrival, NOON);
        expect(fits(send, arrival)).toBe(true);
        expect(worth(send, values)).toBe(bestWorth(arrival));
      })
    );
  });

  test('leaves out what costs as much as it is worth', () => {
    const decider = new Decider(planOf([[0], [1], []], [9, 9], 1000, { prices: Float64Array.of(2, 1) }));
    expect(decider.decide({ options: [0, 1, 2], values: [2, 1.5, 0] }, NOON).send).toEqual([1]);
  });

  test('a price that nobody knows yet is that of the other limits', () => {
    const decider = new Decider(planOf([[0, 1], [0]], [9, 9], 1000, { prices: Float64Array.of(2, NaN) }));
    expect([decider.priceOf(0, NOON), decider.priceOf(1, NOON)]).toEqual([2, 2]);
  });

  test('what an option costs is infinite once one of its limits has no room for it', () => {
    const plan = planOf([[0, 1], [1]], [1, 9], 1000);
    const decider = new Decider(plan);
    expect(decider.decide({ options: [0], values: [1] }, NOON).send).toEqual([0]);
    expect(decider.priceOf(0, NOON)).toBe(Infinity);
    expect(decider.decide({ options: [0, 1], values: [1e9, 1] }, NOON).send).toEqual([1]);
  });

  test('two candidates of one person do not both take the last of a limit', () => {
    const decider = new Decider(planOf([[0], [0], []], [1], 1000));
    expect(decider.decide({ options: [0, 1, 2], values: [1, 2, 0.5] }, NOON).send).toEqual([1, 2]);
    expect([...decider.spent]).toEqual([1]);
  });

  test('a refused arrival changes nothing', () => {
    const decider = new Decider(planOf([[0]], [9], 1000));
    const before = JSON.stringify(decider.state());
    expect(() => decider.decide({ options: [0, 0], values: [1, NaN] }, NOON)).toThrow(/values\[1\] is NaN/);
    expect(() => decider.decide({ options: [0], values: [1] }, NaN)).toThrow(/nowMs is NaN/);
    expect(() => decider.priceOf(1, NOON)).toThrow(/option is 1/);
    expect(() => {
      decider.refund(7);
    }).toThrow(/option is 7/);
    expect(() => {
      decider.correct(Float64Array.of(-1));
    }).toThrow(/spent\[0\] is -1/);
    expect(JSON.stringify(decider.state())).toBe(before);
    expect([...decider.spent]).toEqual([0]);
  });

  test('a hundred thousand options of one person are ranked, too', () => {
    const plan = planOf(
      Array.from({ length: 1e5 }, () => []),
      [],
      1000,
      { personCap: 3 }
    );
    const options = Int32Array.from({ length: 1e5 }, (_, at) => at);
    const values = Float32Array.from(options, at => Math.imul(at, 2654435761) >>> 8);
    const best = [...options].sort((a, b) => (values[b] as number) - (values[a] as number)).slice(0, 3);
    expect(new Decider(plan).decide({ options, values }, NOON).send).toEqual(best);
  });
});

describe('what the prices are worth', () => {
  const prices = Float64Array.of(1, -1);
  const plan = planOf([[0], [1]], [100, 100], 1000, { prices, floors: [0, 50], maxAgeMs: 10 * HOUR_MS });

  test('a stale price is asked up to twice, no floor is subsidised, and the answer says so', () => {
    const decider = new Decider(plan);
    expect([decider.priceOf(0, 10 * HOUR_MS), decider.priceOf(1, 10 * HOUR_MS)]).toEqual([1, -1]);
    expect([decider.priceOf(0, 15 * HOUR_MS), decider.priceOf(1, 15 * HOUR_MS)]).toEqual([1.5, 0]);
    expect([decider.priceOf(0, 23 * HOUR_MS), decider.priceOf(1, 23 * HOUR_MS)]).toEqual([2, 0]);
    expect(decider.decide({ options: [0, 1], values: [1.4, -0.5] }, 15 * HOUR_MS)).toEqual({ send: [], mode: 'stale' });
  });

  test('stale prices never fall, however little is sent', () => {
    const decider = new Decider(plan);
    for (let minute = 601; minute < 1400; minute += 1) {
      decider.decide({ options: [0], values: [0.9] }, minute * 60_000);
      expect(decider.prices[0]).toBeGreaterThanOrEqual(1);
    }
    expect([...decider.spent]).toEqual([0, 0]);
  });

  test('outside of its day a plan allows only what counts against no limit', () => {
    const decider = new Decider(planOf([[0], []], [100], 1000));
    for (const time of [-1, 24 * HOUR_MS, 1e15])
      expect(decider.decide({ options: [0, 1], values: [9, 1] }, time)).toEqual({ send: [1], mode: 'outside' });
    expect(decider.decide({ options: [0, 1], values: [9, 1] }, NOON)).toEqual({ send: [0, 1], mode: 'paced' });
  });
});

describe('hard caps', () => {
  const LIMITS = 4;
  const limits = fc.uniqueArray(fc.nat(LIMITS - 1), { maxLength: LIMITS });
  const price = fc.oneof(amount(-5, 5), fc.constant(NaN));
  const arrival = fc.array(fc.record({ option: fc.nat(5), value: amount(-2, 9) }), {
    maxLength: 8
  });

  test('no limit and no cap of a person is ever exceeded: any prices, weights, clocks, refunds, corrections, restarts', () => {
    const given = {
      of: fc.array(limits, { minLength: 6, maxLength: 6 }),
      caps: fc.array(amount(0, 9), { minLength: LIMITS, maxLength: LIMITS }),
      prices: fc.array(price, { minLength: LIMITS, maxLength: LIMITS }),
      weights: fc.array(amount(0.01, 3), { minLength: 24, maxLength: 24 }),
      arrivals: fc.array(fc.record({ arrival, hour: fc.integer({ min: -1, max: 25 }), isRestart: fc.boolean() }))
    };
    fc.assert(
      fc.property(fc.record(given), ({ of, caps, prices, weights, arrivals }) => {
        const base = planOf(of, caps, 20, { ...NESTED, prices: Float64Array.from(prices) });
        const weight = Float64Array.from(base.options.limit, (_, at) => weights[at] as number);
        const channel = Uint16Array.of(0, 1, 2, 0, 1, 2);
        const plan = { ...base, options: { ...base.options, weight, channel } };
        const record = new Float64Array(LIMITS); // what the caller knows was sent
        let decider = new Decider(plan);
        for (const { arrival, hour, isRestart } of arrivals) {
          if (isRestart) decider = new Decider(plan, { spent: record, state: revived(decider) });
          const options = arrival.map(({ option }) => option);
          const asked = { options, values: arrival.map(({ value }) => value) };
          const { send } = decider.decide(asked, hour * HOUR_MS);
          expect(fits(send, asked)).toBe(true);
          for (const at of send) charge(record, plan, options[at] as number);
          expect([...decider.spent]).toEqual([...record]);
          record.forEach((spent, limit) => {
            expect(spent).toBeLessThanOrEqual(caps[limit] as number);
          });
        }
      })
    );
  });

  test('what was spent elsewhere counts as soon as it is known, and what did not arrive can be sent again', () => {
    const decider = new Decider(planOf([[0]], [10], 1000, { maxAgeMs: Infinity }));
    const ask = (): number => decider.decide({ options: [0], values: [1] }, 23.9 * HOUR_MS).send.length;
    expect(ask()).toBe(1);
    decider.correct(Float64Array.of(10));
    expect(ask()).toBe(0);
    decider.correct(Float64Array.of(9));
    expect(ask()).toBe(1);
    expect(ask()).toBe(0);
    decider.refund(0);
    expect(decider.spent).toEqual(Float64Array.of(9));
    expect(ask()).toBe(1);
  });
});

function revived(decider: Decider): ReturnType<Decider['state']> {
  return JSON.parse(JSON.stringify(decider.state())) as ReturnType<Decider['state']>;
}

function charge(record: Float64Array, { options }: DecisionPlan, option: number): void {
  for (let at = options.start[option] as number; at < (options.start[option + 1] as number); at += 1) {
    const limit = options.limit[at] as number;
    record[limit] = (record[limit] as number) + (options.weight[at] as number);
  }
}

/** Whether a person with the caps of `NESTED` may get these: channel o % 3, one for 0, two for 1, one for 2 that is not counted. */
function fits(send: readonly number[], { options, sent = [0, 0, 0], personCap = 2 }: Arrival): boolean {
  const [caps, used] = [
    [1, 2, 1],
    [0, 0, 0]
  ];
  for (const at of send) {
    const channel = (options[at] as number) % 3;
    used[channel] = (used[channel] as number) + 1;
  }
  const isOver = used.some(
    (count, channel) => count > 0 && count + (sent[channel] as number) > (caps[channel] as number)
  );
  const counted = (used[0] as number) + (used[1] as number);
  return !isOver && (counted === 0 || counted + (sent[0] as number) + (sent[1] as number) <= personCap);
}

function worth(send: readonly number[], values: ArrayLike<number>): number {
  return send.reduce((sum, at) => sum + (values[at] as number), 0);
}

function bestWorth(arrival: Arrival): number {
  let best = 0;
  for (let set = 0; set < 2 ** arrival.values.length; set += 1) {
    const send = Array.from(arrival.values, (_, at) => at).filter(at => (set >> at) & 1);
    if (fits(send, arrival)) best = Math.max(best, worth(send, arrival.values));
  }
  return best;
}
