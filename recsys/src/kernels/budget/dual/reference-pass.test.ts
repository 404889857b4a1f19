import fc from 'fast-check';
import { projectPerson, referencePass } from './reference-pass.js';
import type { OwnCaps } from './reference-pass.js';
import { amount } from '../testing/amounts.js';
import { optionsOf, tilesOf, tinyProblem } from '../testing/tiny-problem.js';

interface Case {
  readonly z: Float64Array;
  readonly caps: OwnCaps;
}

const cases: fc.Arbitrary<Case> = fc
  .array(fc.record({ width: fc.nat(3), cap: fc.constantFrom(0, 0.5, 1, 2, 3), isCounted: fc.boolean() }), {
    minLength: 1,
    maxLength: 3
  })
  .chain(channels => {
    const width = channels.reduce((sum, own) => sum + own.width, 0);
    const z = fc.array(fc.oneof(fc.constantFrom(-Infinity, -1, 0, 0.5, 1, 2), amount(-2, 4)), {
      minLength: width,
      maxLength: width
    });
    return fc.record({ z, person: fc.constantFrom(0, 0.5, 1, 2, 9) }).map(drawn => ({
      z: Float64Array.from(drawn.z),
      caps: {
        widths: channels.map(own => own.width),
        channels: channels.map(own => own.cap),
        isCounted: channels.map(own => own.isCounted),
        person: drawn.person
      }
    }));
  });

/** Projects on one set after the other, with what each took away given back (Dykstra): slow, and knows no thresholds. */
function dykstra({ z, caps }: Case): Float64Array {
  let x = z.map(own => Math.max(own, -8));
  const blocks = blocksOf(caps);
  const taken = blocks.map(() => new Float64Array(x.length));
  const boxed = new Float64Array(x.length);
  for (let round = 0; round < 4000; round += 1) {
    for (const [index, { columns, cap }] of blocks.entries()) {
      const own = taken[index] as Float64Array;
      const from = x.map((value, at) => value + (own[at] as number));
      const sum = columns.reduce((total, column) => total + (from[column] as number), 0);
      const shift = Math.max(0, sum - cap) / Math.max(1, columns.length);
      x = from.map((value, at) => (columns.includes(at) ? value - shift : value));
      own.set(from.map((value, at) => value - (x[at] as number)));
    }
    const from = x.map((value, at) => value + (boxed[at] as number));
    x = from.map(value => Math.min(1, Math.max(0, value)));
    boxed.set(from.map((value, at) => value - (x[at] as number)));
  }
  return x;
}

function blocksOf({ widths, channels, isCounted, person }: OwnCaps): { columns: number[]; cap: number }[] {
  let from = 0;
  const blocks = widths.map((width, channel) => {
    const columns = Array.from({ length: width }, (_, at) => from + at);
    from += width;
    return { columns, cap: channels[channel] as number };
  });
  const counted = blocks.filter((_, channel) => isCounted[channel] === true).flatMap(({ columns }) => columns);
  return [...blocks, { columns: counted, cap: person }];
}

test('what a person gets is nearest to what it would want, within its caps', () => {
  fc.assert(
    fc.property(cases, drawn => {
      const x = projectPerson(drawn.z, drawn.caps);
      for (const own of x) expect(own).toBeGreaterThanOrEqual(0);
      for (const own of x) expect(own).toBeLessThanOrEqual(1);
      for (const { columns, cap } of blocksOf(drawn.caps)) {
        const sum = columns.reduce((total, column) => total + (x[column] as number), 0);
        expect(sum).toBeLessThanOrEqual(cap + 1e-12);
      }
      const want = dykstra(drawn);
      for (const [at, own] of x.entries()) expect(own).toBeCloseTo(want[at] as number, 4);
    }),
    { numRuns: 200 }
  );
});

test('a thousand columns of all sizes are within a cap to the last places', () => {
  fc.assert(
    fc.property(fc.array(amount(-1e6, 1e6), { minLength: 1000, maxLength: 1000 }), fc.nat(20), (list, cap) => {
      const caps = { widths: [1000], channels: [1000], isCounted: [true], person: cap };
      const sum = projectPerson(Float64Array.from(list), caps).reduce((total, own) => total + own, 0);
      const most = list.filter(own => own > 0).length;
      expect(sum).toBeLessThanOrEqual(cap + 1e-9);
      expect(sum).toBeGreaterThan(Math.min(cap, most) - 1);
    }),
    { numRuns: 30 }
  );
});

test('a pass adds up what everybody gets, whichever way tiles are laid', async () => {
  const problem = tinyProblem({ people: 5, options: 4, limits: 3 }, false);
  const prices = fc.array(amount(-1, 2), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(problem, prices, amount(0.01, 2), async (tiny, list, smoothing) => {
      const { options, limits, caps } = tiny.problem;
      const { start, value } = tiny.candidates;
      const option = optionsOf(tiny);
      const price = Float64Array.from(list);
      const usage = Array.from(limits.cap, () => 0);
      let surplus = 0;
      for (let person = 0; person + 1 < start.length; person += 1) {
        // By channel, whatever the caps: a person's candidates as nobody lays them but this test.
        const own = caps.channels.map(
          (_, channel) =>
          Array.from({ length: (start[person + 1] as number) - (start[person] as number) }, (_, at) => start[person]! + at).filter(at => options.channel[option[at] as number] === channel) // prettier-ignore
        );
        const order = own.flat();
        const z = Float64Array.from(order, at => ((value[at] as number) - (price[option[at] as number] as number)) / smoothing); // prettier-ignore
        const capOf = (cap: number | Uint16Array): number => (typeof cap === 'number' ? cap : cap[person] === 65_535 ? Infinity : (cap[person] as number)); // prettier-ignore
        const x = projectPerson(z, {
          widths: own.map(columns => columns.length),
          channels: caps.channels.map(({ cap }) => Math.min(99, capOf(cap))),
          isCounted: caps.channels.map(({ isCounted }) => isCounted),
          person: Math.min(99, capOf(caps.person))
        });
        for (const [at, candidate] of order.entries()) {
          const share = x[at] as number;
          if (share === 0) continue;
          surplus += smoothing * share * ((z[at] as number) - share / 2);
          const from = option[candidate] as number;
          for (let one = options.start[from] as number; one < (options.start[from + 1] as number); one += 1) {
            usage[options.limit[one] as number]! += share * (options.weight[one] as number);
          }
        }
      }
      const sums = await referencePass(tiny.problem)(tilesOf(tiny), price, smoothing);
      expect(sums.surplus).toBeCloseTo(surplus, 8);
      for (const [k, used] of usage.entries()) expect(sums.usage[k]).toBeCloseTo(used, 8);
    }),
    { numRuns: 200 }
  );
});

test('without smoothing there is no such pass', () => {
  fc.assert(
    fc.property(tinyProblem({ people: 1, options: 1, limits: 1 }, false), tiny => {
      expect(() => referencePass(tiny.problem)(tilesOf(tiny), new Float64Array(1), 0)).toThrow(
        'want a positive number'
      );
    }),
    { numRuns: 1 }
  );
});
