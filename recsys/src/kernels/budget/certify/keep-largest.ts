/** Brings the greatest of a few numbers to the front, without sorting the rest. */

/** So many comparisons are cheaper than parting. */
const FEW = 96;

/**
 * Reorders `keys[from … to)` and `tags` with them so that the `count` greatest keys come first, in no order.
 *
 * Edges    count ≥ to − from: nothing moves. Equal keys: which of them come first depends on their places alone.
 * Cost     O(to − from) expected.
 */
export function keepLargest(keys: Float64Array, tags: Int32Array, from: number, to: number, count: number): void {
  const end = from + count;
  if (end >= to) return;
  if (count * (to - from) > FEW) part(keys, tags, from, to - 1, end);
  else pick(keys, tags, from, to, end);
}

function pick(keys: Float64Array, tags: Int32Array, from: number, to: number, end: number): void {
  for (let place = from; place < end; place += 1) {
    let best = place;
    for (let at = place + 1; at < to; at += 1) if ((keys[at] as number) > (keys[best] as number)) best = at;
    swap(keys, tags, place, best);
  }
}

/** Parts around a middle key until the `end` greatest are in front. */
function part(keys: Float64Array, tags: Int32Array, from: number, to: number, end: number): void {
  let low = from;
  let high = to;
  while (low < high) {
    const pivot = keys[(low + high) >>> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((keys[left] as number) > pivot) left += 1;
      while ((keys[right] as number) < pivot) right -= 1;
      if (left > right) break;
      swap(keys, tags, left, right);
      left += 1;
      right -= 1;
    }
    // Places low … right hold the greater ones, left … high the lesser.
    if (end <= right) high = right;
    else if (end > left) low = left;
    else return;
  }
}

function swap(keys: Float64Array, tags: Int32Array, one: number, other: number): void {
  const key = keys[one] as number;
  const tag = tags[one] as number;
  keys[one] = keys[other] as number;
  tags[one] = tags[other] as number;
  keys[other] = key;
  tags[other] = tag;
}
