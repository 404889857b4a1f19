import { passShape, type PassShape, type TileCaps } from './pass-shape.js';

const EACH = Float32Array.of(1, 2, 3);

/** `caps`: one for all, or each person's own; `counted`: by channel, left out: all. */
function tile(
  widths: readonly number[],
  caps: readonly (number | Float32Array)[],
  person: number | Float32Array,
  counted: readonly boolean[] = widths.map(() => true)
): TileCaps {
  const list = (cap: number | Float32Array): Float32Array => (typeof cap === 'number' ? Float32Array.of(cap) : cap);
  return { widths, channelCaps: caps.map(list), isCounted: counted, personCap: list(person), isShared: true };
}

const cases: readonly { name: string; given: TileCaps; want: Omit<PassShape, 'isShared'> }[] = [
  {
    name: 'caps that are never reached are left out, and what is alike becomes one',
    given: tile([3, 4], [3, 4], 7),
    want: { channels: [{ width: 7, cap: undefined, isCounted: false }], personCap: undefined }
  },
  {
    name: 'the person’s cap alone is that of all columns',
    given: tile([3, 4], [3, 4], 1),
    want: { channels: [{ width: 7, cap: 1, isCounted: false }], personCap: undefined }
  },
  {
    name: 'a channel’s cap that the person’s always undercuts is left out',
    given: tile([3, 4], [1, 2], 1),
    want: { channels: [{ width: 7, cap: 1, isCounted: false }], personCap: undefined }
  },
  {
    name: 'a person’s cap that the channels’ always undercut is left out',
    given: tile([3, 4], [1, 2], 3),
    want: {
      channels: [
        { width: 3, cap: 1, isCounted: false },
        { width: 4, cap: 2, isCounted: false }
      ],
      personCap: undefined
    }
  },
  {
    name: 'nested caps stay',
    given: tile([3, 4], [1, 2], 2),
    want: {
      channels: [
        { width: 3, cap: 1, isCounted: true },
        { width: 4, cap: undefined, isCounted: true }
      ],
      personCap: 2
    }
  },
  {
    name: 'a channel that does not count keeps its cap',
    given: tile([3, 0, 4], [1, 0, 2], 1, [true, true, false]),
    want: {
      channels: [
        { width: 3, cap: 1, isCounted: false },
        { width: 4, cap: 2, isCounted: false }
      ],
      personCap: undefined
    }
  },
  {
    name: 'where nothing counts, nothing is left of the person’s cap',
    given: tile([3], [1], EACH, [false]),
    want: { channels: [{ width: 3, cap: 1, isCounted: false }], personCap: undefined }
  },
  {
    name: 'caps of each person stay',
    given: tile([3, 4], [EACH, 2], EACH),
    want: {
      channels: [
        { width: 3, cap: 'each', isCounted: true },
        { width: 4, cap: 2, isCounted: true }
      ],
      personCap: 'each'
    }
  }
];

describe('passShape', () => {
  test.each(cases)('$name', ({ given, want }) => {
    expect(passShape(given).shape).toEqual({ ...want, isShared: true });
  });

  test('a person’s own cap that becomes the channel’s comes with its numbers', () => {
    const { shape, rows } = passShape(tile([3, 2], [3, 1], EACH, [true, false]));
    expect(shape.channels.map(({ cap }) => cap)).toEqual(['each', 1]);
    expect(rows).toEqual([EACH, undefined]);
  });
});
