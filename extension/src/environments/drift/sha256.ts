/**
 * SHA-256 (FIPS 180-4) of a short text. The browser's own exists on https and localhost only, and Lab is also served by
 * plain http in trusted networks.
 */

const WORD = 2 ** 32;
const BLOCK_BYTES = 64;

/**
 * @param ascii - Characters below U+0100, one byte each.
 * @returns 64 hex digits.
 */
export function sha256(ascii: string): string {
  const bytes = padded(ascii);
  const state = Int32Array.from(FIRST_STATE);
  const schedule = new Int32Array(64);
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    fillSchedule(schedule, bytes, start);
    compress(state, schedule);
  }
  return Array.from(state, word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function padded(ascii: string): Uint8Array {
  const length = Math.ceil((ascii.length + 9) / BLOCK_BYTES) * BLOCK_BYTES;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < ascii.length; index += 1) bytes[index] = ascii.charCodeAt(index);
  bytes[ascii.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(length - 8, Math.floor((ascii.length * 8) / WORD));
  view.setUint32(length - 4, (ascii.length * 8) % WORD);
  return bytes;
}

function fillSchedule(schedule: Int32Array, bytes: Uint8Array, start: number): void {
  const view = new DataView(bytes.buffer, start);
  for (let index = 0; index < 16; index += 1) schedule[index] = view.getInt32(index * 4);
  for (let index = 16; index < 64; index += 1) {
    const before15 = schedule[index - 15]!;
    const before2 = schedule[index - 2]!;
    const small0 = turn(before15, 7) ^ turn(before15, 18) ^ (before15 >>> 3);
    const small1 = turn(before2, 17) ^ turn(before2, 19) ^ (before2 >>> 10);
    schedule[index] = schedule[index - 16]! + small0 + schedule[index - 7]! + small1;
  }
}

function compress(state: Int32Array, schedule: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let round = 0; round < 64; round += 1) {
    const big1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const one = (h + big1 + ((e & f) ^ (~e & g)) + ROUND[round]! + schedule[round]!) | 0;
    const big0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = state[index]! + word;
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first `count` primes. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every(prime => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** The first 32 bits of the fraction. A double has 52 bits after the point of 1; the roots here are below 20. */
function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * WORD) | 0;
}

const FIRST_STATE = primes(8).map(prime => fractionBits(Math.sqrt(prime)));
const ROUND = primes(64).map(prime => fractionBits(Math.cbrt(prime)));
