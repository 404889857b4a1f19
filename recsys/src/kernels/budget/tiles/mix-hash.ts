/** Scatters numbers, so that what comes first by it is an even sample of them. */

/** 32 bits of a number and a seed: the same for the same two, each as likely as another. */
export function mixHash(number: number, seed: number): number {
  let hash = (number ^ Math.imul(seed, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}
