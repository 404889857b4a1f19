/** Collects the candidates of the people of a sample while everybody's go by, block after block. */
import type { Cap, Candidates, Problem } from '../../kernels/budget/problem.js';
import type { Block } from './column-blocks.js';

export class GatheredSample {
  readonly #starts: number[] = [0];
  readonly #option = new Grown((capacity): Int32Array => new Int32Array(capacity));
  readonly #value = new Grown((capacity): Float32Array => new Float32Array(capacity));
  /** What everybody has, where that is the same. */
  #shared: Int32Array | undefined;
  #next = 0;

  /** @param people  of the sample, ascending */
  constructor(readonly people: Uint32Array) {}

  /** @param block  the one behind that of the last call */
  take({ firstPerson, people, candidates }: Block): void {
    if (candidates.option.length < candidates.value.length) this.#shared = candidates.option;
    for (; this.#next < this.people.length; this.#next += 1) {
      const person = (this.people[this.#next] as number) - firstPerson;
      if (person >= people) return;
      const [from, to] = [candidates.start[person] as number, candidates.start[person + 1] as number];
      this.#value.push(candidates.value.subarray(from, to));
      if (this.#shared === undefined) this.#option.push(candidates.option.subarray(from, to));
      this.#starts.push(this.#value.length);
    }
  }

  get candidates(): Candidates {
    return { start: Uint32Array.from(this.#starts), option: this.#shared ?? this.#option.all, value: this.#value.all };
  }

  /** The problem with the caps of just these people. */
  problemOf(problem: Problem): Problem {
    const own = (cap: Cap): Cap =>
      typeof cap === 'number' ? cap : Uint16Array.from(this.people, person => cap[person] as number);
    const { person, channels } = problem.caps;
    return {
      ...problem,
      caps: { person: own(person), channels: channels.map(each => ({ ...each, cap: own(each.cap) })) }
    };
  }
}

/** A list of numbers that grows. */
class Grown<T extends Float32Array | Int32Array> {
  #values: T;
  length = 0;

  constructor(private readonly make: (capacity: number) => T) {
    this.#values = make(1024);
  }

  push(more: T): void {
    const length = this.length + more.length;
    if (length > this.#values.length) {
      const longer = this.make(Math.max(length, 2 * this.#values.length));
      longer.set(this.all);
      this.#values = longer;
    }
    this.#values.set(more, this.length);
    this.length = length;
  }

  get all(): T {
    return this.#values.subarray(0, this.length) as T;
  }
}
