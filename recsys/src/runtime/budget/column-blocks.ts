/** Reads what a client has filled in, so many people at a time, that it never has to fit into memory as a whole. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cap, Candidates, Problem } from '../../kernels/budget/problem.js';
import { type Numbers, readAt } from '../moved-bytes.js';
import { invalid } from '../runtime-error.js';
import type { CreateBudget } from './create-budget.js';
import { BLOCK_CANDIDATES } from './estimate-budget.js';

/** Some people, numbered from 0 on, with the problem as it is for them. */
export interface Block {
  readonly firstPerson: number;
  readonly people: number;
  readonly firstCandidate: number;
  readonly problem: Problem;
  readonly candidates: Candidates;
}

/** How much is read at a time; a person with more candidates is read alone. */
export interface BlockSize {
  readonly people: number;
  readonly candidates: number;
}

const BLOCK: BlockSize = { people: 2 ** 21, candidates: BLOCK_CANDIDATES };

export class ColumnBlocks {
  readonly #files = new Map<string, FileHandle>();

  constructor(
    private readonly folder: string,
    private readonly create: CreateBudget,
    private readonly problem: Problem,
    private readonly size = BLOCK
  ) {}

  /** @throws RuntimeError where `start` does not rise from 0 to all candidates: nothing behind it could be read */
  async *blocks(): AsyncGenerator<Block> {
    const { people } = this.create;
    let end = 0;
    for (let person = 0; person < people;) {
      const starts = await this.#starts(person);
      // Read before, as the last one of the block then: nobody's candidates are another's, whatever is written meanwhile.
      if (starts[0] !== end) throw invalid('start', `start[${person}] has changed while it was read`);
      end = starts.at(-1) as number;
      const block = await this.#block(person, starts);
      yield block;
      person += block.people;
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close();
    this.#files.clear();
  }

  /** Where the candidates of some people begin, and where those of the last one end. */
  async #starts(person: number): Promise<Uint32Array> {
    const { people, candidates, options, isDense } = this.create;
    const count = Math.min(this.size.people, people - person);
    if (isDense)
      return fitting(
        Uint32Array.from({ length: count + 1 }, (_, at) => (person + at) * options),
        this.size.candidates
      );
    const starts = await this.#read('start', new Uint32Array(count + 1), person);
    const wrong = startProblem(starts, person, people, candidates);
    if (wrong !== undefined) throw invalid('start', `start${wrong}`);
    return fitting(starts, this.size.candidates);
  }

  async #block(firstPerson: number, starts: Uint32Array): Promise<Block> {
    const people = starts.length - 1;
    const firstCandidate = starts[0] as number;
    const count = (starts[people] as number) - firstCandidate;
    const value = await this.#read('value', new Float32Array(count), firstCandidate);
    const option = this.create.isDense
      ? Int32Array.from({ length: this.create.options }, (_, at) => at)
      : await this.#read('option', new Int32Array(count), firstCandidate);
    const start = starts.map(each => each - firstCandidate);
    const problem = problemOf(this.problem, firstPerson, people);
    return { firstPerson, people, firstCandidate, problem, candidates: { start, option, value } };
  }

  /** @param first  number in the file that is read first */
  async #read<T extends Numbers>(name: string, values: T, first: number): Promise<T> {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = await open(join(this.folder, name), 'r');
      this.#files.set(name, file);
    }
    await readAt(file, values, first * values.BYTES_PER_ELEMENT);
    return values;
  }
}

/** The same with the caps of some people. */
function problemOf(problem: Problem, first: number, people: number): Problem {
  const own = (cap: Cap): Cap => (typeof cap === 'number' ? cap : cap.subarray(first, first + people));
  const { person, channels } = problem.caps;
  const caps = { person: own(person), channels: channels.map(each => ({ ...each, cap: own(each.cap) })) };
  return { ...problem, caps };
}

/** As many people as a block holds, one at least. */
function fitting(starts: Uint32Array, candidates: number): Uint32Array {
  const first = starts[0] as number;
  let people = starts.length - 1;
  if ((starts[people] as number) - first <= candidates) return starts;
  let low = 1;
  while (low < people) {
    const middle = Math.ceil((low + people) / 2);
    if ((starts[middle] as number) - first <= candidates) low = middle;
    else people = middle - 1;
  }
  return starts.subarray(0, low + 1);
}

function startProblem(starts: Uint32Array, person: number, people: number, candidates: number): string | undefined {
  const last = starts.length - 1;
  for (let at = 0; at < last; at += 1) {
    if ((starts[at + 1] as number) >= (starts[at] as number)) continue;
    return `[${person + at + 1}] is ${starts[at + 1]}: want at least the one before, ${starts[at]}`;
  }
  if (person === 0 && starts[0] !== 0) return `[0] is ${starts[0]}: want 0`;
  const end = starts[last] as number;
  const wanted = person + last === people ? end === candidates : end <= candidates;
  return wanted ? undefined : `[${person + last}] is ${end}: want ${candidates} candidates in all`;
}
