import fc from 'fast-check';
import { mixHash } from '../tiles/mix-hash.js';
import { MOST_MOVES, MoveHeaps, NONE } from './move-heaps.js';
import { amount } from '../testing/amounts.js';

interface Offer {
  readonly group: number;
  readonly loss: number;
}

const offers: fc.Arbitrary<Offer[]> = fc.array(
  fc.record({
    group: fc.nat(2),
    loss: fc.oneof(
      fc.constantFrom(-1, 0, 0.5),
      amount(-4, 4).map(own => Math.fround(own) + 0)
    )
  }),
  { maxLength: 80 }
);
const rooms = fc.array(fc.nat(12), { minLength: 3, maxLength: 3 });

function kept(room: readonly number[], moves: readonly Offer[], seed: number): MoveHeaps {
  const heaps = new MoveHeaps(Uint32Array.from(room), seed);
  for (const [candidate, { group, loss }] of moves.entries()) {
    const row = heaps.offer(group, loss, candidate);
    if (row !== NONE) heaps.take[row] = candidate;
  }
  return heaps;
}

test('each group keeps those that lose least, of equals those that the seed draws, and they come in order', () => {
  fc.assert(
    fc.property(rooms, offers, fc.nat(), (room, moves, seed) => {
      const heaps = kept(room, moves, seed);
      const order = [...heaps.sorted()];
      const rank = (at: number): number => mixHash(at, seed);
      const want = room.flatMap((own, group) =>
        [...moves.keys()]
          .filter(at => moves[at]?.group === group)
          .sort((one, other) => moves[one]!.loss - moves[other]!.loss || rank(one) - rank(other))
          .slice(0, own)
      );
      const found = order.map(row => heaps.take[row]!);
      expect([...found].sort((one, other) => one - other)).toEqual(want.sort((one, other) => one - other));
      const losses = order.map(row => heaps.loss[row]!);
      expect(losses).toEqual([...losses].sort((one, other) => one - other));
      for (const row of order) expect(heaps.loss[row]).toBe(moves[heaps.take[row]!]?.loss);
    }),
    { numRuns: 500 }
  );
});

test('a group that has room takes anything, one that is full nothing that loses more, one without room nothing', () => {
  const heaps = new MoveHeaps(Uint32Array.of(2, 0), 1);
  expect([...heaps.threshold]).toEqual([Infinity, -Infinity]);
  heaps.offer(0, 5, 1);
  expect(heaps.threshold[0]).toBe(Infinity);
  heaps.offer(0, 3, 2);
  expect(heaps.threshold[0]).toBe(5);
  expect(heaps.offer(0, 6, 3)).toBe(NONE);
  heaps.offer(0, 1, 4);
  expect(heaps.threshold[0]).toBe(3);
  expect(heaps.offer(1, -1, 5)).toBe(NONE);
  expect(heaps.sorted()).toHaveLength(2);
});

test('more room than rows can be told apart is refused', () => {
  expect(() => new MoveHeaps(Uint32Array.of(MOST_MOVES, 1), 1)).toThrow('want at most');
});
