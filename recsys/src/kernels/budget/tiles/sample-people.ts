/** Which people stand for everybody in the first, cheap passes. */
import { mixHash } from './mix-hash.js';

/**
 * A sample of people 0 … people − 1, ascending.
 *
 * Shapes   share in [0, 1] → u32[about share · people]: each person is in it or not by a hash of its number and the seed.
 * Edges    a larger share of the same seed contains the smaller; 1 is everybody.
 * Cost     O(people) time, memory of the answer twice.
 */
export function sampleOf(people: number, share: number, seed: number): Uint32Array {
  const below = share * 2 ** 32;
  let chosen = new Uint32Array(Math.min(people, Math.ceil(people * share * 1.1) + 64));
  let count = 0;
  for (let person = 0; person < people; person += 1) {
    if (mixHash(person, seed) >= below) continue;
    if (count === chosen.length) chosen = grown(chosen, people);
    chosen[count] = person;
    count += 1;
  }
  return chosen.slice(0, count);
}

function grown(list: Uint32Array<ArrayBuffer>, atMost: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(Math.min(atMost, 2 * list.length));
  longer.set(list);
  return longer;
}
