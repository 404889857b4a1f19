import fc from 'fast-check';
import { makeOffer } from '../../testing/gateway.testkit.js';
import { isGranted, parseWish, wishProblem, withWish } from './wish.js';

test.each<{ name: string; berth: unknown; want: unknown }>([
  { name: 'no metadata', berth: undefined, want: null },
  { name: 'a text', berth: 'gpu', want: null },
  { name: 'a list', berth: [{ offer: 'cpu' }], want: null },
  { name: 'no compute', berth: { pin: {} }, want: null },
  { name: 'compute that is null', berth: { compute: null }, want: null },
  { name: 'an offer that is no text', berth: { compute: { offer: 7, count: 1 } }, want: null },
  { name: 'an offer with markup', berth: { compute: { offer: '<img src=x>', count: 1 } }, want: null },
  { name: 'an offer that is a path', berth: { compute: { offer: '../../etc/passwd', count: 1 } }, want: null },
  { name: 'an offer that is too long', berth: { compute: { offer: 'g'.repeat(65), count: 1 } }, want: null },
  { name: 'a count of none', berth: { compute: { offer: 'cpu', count: 0 } }, want: null },
  { name: 'half a GPU', berth: { compute: { offer: 'gpu-nvidia-h200', count: 0.5 } }, want: null },
  { name: 'a count that is a text', berth: { compute: { offer: 'cpu', count: '1' } }, want: null },
  { name: 'more than there can be', berth: { compute: { offer: 'cpu', count: 1e9 } }, want: null },
  { name: 'one without count', berth: { compute: { offer: 'cpu' } }, want: { offer: 'cpu', count: 1 } },
  {
    name: 'one with more than it needs',
    berth: { compute: { offer: 'mig-1g-18gb-nvidia-h200', count: 2, extra: true } },
    want: { offer: 'mig-1g-18gb-nvidia-h200', count: 2 }
  }
])('what a stranger wrote is a wish only in the right shape: $name', ({ berth, want }) => {
  expect(parseWish(berth)).toEqual(want);
});

test('whatever is in the metadata, reading it does not fail, and a wish that is written is read again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 1024 }), (berth, count) => {
      parseWish(berth);
      expect(parseWish(withWish(berth, { offer: 'gpu-nvidia-h200', count }))).toEqual({
        offer: 'gpu-nvidia-h200',
        count
      });
    })
  );
});

test('writing a wish loses nothing else that Berth keeps there', () => {
  const before = { pin: { environment: 'a' }, compute: { offer: 'cpu', count: 1 } };
  expect(withWish(before, { offer: 'gpu', count: 2 })).toEqual({
    pin: { environment: 'a' },
    compute: { offer: 'gpu', count: 2 }
  });
});

test.each([
  { wish: { offer: 'cpu', count: 4 }, has: { offer: 'cpu', count: 8 }, want: true },
  { wish: { offer: 'gpu', count: 1 }, has: { offer: 'gpu', count: 1 }, want: true },
  { wish: { offer: 'gpu', count: 2 }, has: { offer: 'gpu', count: 1 }, want: false },
  { wish: { offer: 'gpu', count: 1 }, has: { offer: 'cpu', count: 1 }, want: false }
])('$wish is granted by $has: $want', ({ wish, has, want }) => {
  expect(isGranted(wish, has)).toBe(want);
});

test.each([
  { wish: { offer: 'gpu-x', count: 1 }, want: 'unknown' },
  { wish: { offer: 'mig', count: 2 }, want: 'too-many' },
  { wish: { offer: 'mig', count: 1 }, want: null },
  { wish: { offer: 'cpu', count: 512 }, want: null }
])('a wish that this machine can never give is told apart: $wish', ({ wish, want }) => {
  expect(wishProblem(wish, [makeOffer('cpu'), makeOffer('mig', { kind: 'mig', mostSlots: 1 })])).toBe(want);
});
