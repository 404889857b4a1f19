/** Rows that lie in several places: which are in which, and their vectors back in the order asked for. */

/** Where some of the rows lie. */
export interface RowRange {
  readonly firstRow: number;
  readonly rows: number;
}

/** The places in a list of those rows that lie in the range, in the order of the list. */
export function placesWithin(rows: Int32Array, { firstRow, rows: count }: RowRange): Int32Array {
  const found = new Int32Array(rows.length);
  let length = 0;
  for (let place = 0; place < rows.length; place += 1) {
    const row = (rows[place] as number) - firstRow;
    if (row >= 0 && row < count) found[length++] = place;
  }
  return found.subarray(0, length);
}

/**
 * The vectors of rows, f32[n · d], in the order of the rows.
 *
 * @param gather  gives those of rows that lie in one range, f32[some · d]
 */
export async function gatherVectors<Range extends RowRange>(
  ranges: readonly Range[],
  rows: Int32Array,
  dimensions: number,
  gather: (range: Range, rows: Int32Array) => Promise<Float32Array>
): Promise<Float32Array> {
  const vectors = new Float32Array(rows.length * dimensions);
  for (const range of ranges) {
    const places = placesWithin(rows, range);
    if (places.length === 0) continue;
    const found = await gather(
      range,
      places.map(place => rows[place] as number)
    );
    scatter(found, places, dimensions, vectors);
  }
  return vectors;
}

/** Puts each vector of `found` to its place among `vectors`. */
export function scatter(found: Float32Array, places: Int32Array, dimensions: number, vectors: Float32Array): void {
  for (let index = 0; index < places.length; index += 1) {
    const vector = found.subarray(index * dimensions, (index + 1) * dimensions);
    vectors.set(vector, (places[index] as number) * dimensions);
  }
}
