/** A checksum of what a budget was laid from: a process that is started again must not lay anything else, whoever has written to the files. */
import { crc32 } from 'node:zlib';
import type { Candidates, Problem } from '../../kernels/budget/problem.js';
import type { Numbers } from '../moved-bytes.js';

export class Fingerprint {
  /** Of all that has been taken so far, in its order. */
  sum = 0;

  takeProblem({ limits, options, caps }: Problem): void {
    const { start, limit, weight, channel } = options;
    for (const numbers of [limits.cap, limits.floor, start, limit, weight, channel]) this.#take(numbers);
    for (const cap of [caps.person, ...caps.channels.map(each => each.cap)])
      if (typeof cap !== 'number') this.#take(cap);
  }

  takeCandidates({ start, option, value }: Candidates): void {
    for (const numbers of [start, option, value]) this.#take(numbers);
  }

  #take({ buffer, byteOffset, byteLength }: Numbers): void {
    this.sum = crc32(new Uint8Array(buffer, byteOffset, byteLength), this.sum);
  }
}
