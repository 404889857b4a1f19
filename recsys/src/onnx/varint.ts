const BITS_PER_BYTE = 7n;
const LOW_BITS = 0x7fn;
const MORE_FOLLOWS = 0x80n;

/**
 * An int64 as Protocol Buffers write it: seven bits per byte, the low ones first, the top bit set on all but the last.
 *
 * Shapes   one integer → 1 to 10 bytes; a negative one always takes 10, as two's complement of 64 bits.
 * Throws   RangeError for a number that is no safe integer and for a bigint outside [-2^63, 2^63 - 1].
 * Source   https://protobuf.dev/programming-guides/encoding/#varints
 */
export function varint(value: number | bigint): Uint8Array {
  if (!isInt64(value)) throw new RangeError(`${value}: want a safe integer, or a bigint of at most 64 bits with sign`);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > LOW_BITS) {
    bytes.push(Number((rest & LOW_BITS) | MORE_FOLLOWS));
    rest >>= BITS_PER_BYTE;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** Whether the value is an integer that is known exactly and fits 64 bits with sign. */
export function isInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}
