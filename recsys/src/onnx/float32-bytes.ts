/** The NaN that is written for every NaN: which bits the engine would write depends on where the value came from. */
const QUIET_NAN = 0x7fc00000;

/**
 * Numbers as little-endian f32, each rounded to the nearest; NaN and infinities are kept.
 *
 * Shapes   values[n] → 4 · n bytes.
 */
export function float32Bytes(values: ArrayLike<number>): Uint8Array {
  const data = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of Array.from(values).entries()) {
    if (Number.isNaN(value)) data.setUint32(index * 4, QUIET_NAN, true);
    else data.setFloat32(index * 4, value, true);
  }
  return new Uint8Array(data.buffer);
}
