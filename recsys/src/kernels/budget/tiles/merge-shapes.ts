/** Makes few shapes of many: people whose shape hardly anybody has lie with others, in tiles that are a little wider. */

export interface MergedShapes {
  readonly widths: readonly (readonly number[])[];
  /** For each shape that was there, the one that it became part of. */
  readonly into: Uint16Array;
}

interface Kept {
  widths: readonly number[];
  people: number;
  readonly members: number[];
}

/**
 * Again and again the shape with the fewest cells goes where that costs the fewest cells more, until there are at most `limit`.
 *
 * @param widths  by shape, columns by channel
 * @param people  by shape
 * Cost     O(shapes² · channels) time.
 */
export function mergeShapes(
  widths: readonly (readonly number[])[],
  people: ArrayLike<number>,
  limit: number
): MergedShapes {
  const kept: Kept[] = widths.map((each, shape) => ({
    widths: each,
    people: people[shape] as number,
    members: [shape]
  }));
  while (kept.length > Math.max(1, limit)) {
    const least = leastBy(kept, cellsOf);
    const [gone] = kept.splice(least, 1) as [Kept];
    const host = kept[leastBy(kept, each => cellsTogether(each, gone) - cellsOf(each))] as Kept;
    host.widths = host.widths.map((width, channel) => Math.max(width, gone.widths[channel] as number));
    host.people += gone.people;
    host.members.push(...gone.members);
  }
  const into = new Uint16Array(widths.length);
  kept.forEach(({ members }, index) => members.forEach(shape => (into[shape] = index)));
  return { widths: kept.map(each => each.widths), into };
}

function cellsOf({ widths, people }: Kept): number {
  let sum = 0;
  for (const width of widths) sum += width;
  return sum * people;
}

function cellsTogether(a: Kept, b: Kept): number {
  let sum = 0;
  for (let channel = 0; channel < a.widths.length; channel += 1) {
    sum += Math.max(a.widths[channel] as number, b.widths[channel] as number);
  }
  return sum * (a.people + b.people);
}

/** The index of the first with the least. */
function leastBy(kept: readonly Kept[], cost: (each: Kept) => number): number {
  let [best, least] = [0, Infinity];
  for (let index = 0; index < kept.length; index += 1) {
    const own = cost(kept[index] as Kept);
    if (own < least) [best, least] = [index, own];
  }
  return best;
}
