/** One pass over everybody, without Python, socket and solver: how long it takes, and how many bytes it has to read. */
import path from 'node:path';
import { ROOT } from '../../scripts/command.ts';
import { BENCH_FOLDER, peerVariables, THREADS } from './bench-environment.ts';
import { LineProcess } from './line-process.ts';

export interface PassRound {
  readonly seconds: number;
  /** Of the tiles; what is read more than once counts once. */
  readonly bytes: number;
  /** What the memory can do, by the way it is measured. */
  readonly bytesPerSecond: Readonly<Record<string, number>>;
}

export class PassBench {
  readonly #process: LineProcess;

  constructor(problem: string) {
    const node = path.join(ROOT, '.berth', 'tools', 'nodebin', 'node');
    const args = [path.join(BENCH_FOLDER, 'budget-pass-node.ts'), problem, `${THREADS}`];
    this.#process = new LineProcess('the pass', node, args, peerVariables());
  }

  /** Lays the tiles and does a pass, which is not timed. */
  load(): Promise<void> {
    return this.#process.ask('load');
  }

  measure(): Promise<Pick<PassRound, 'seconds' | 'bytes'>> {
    return this.#process.ask('pass');
  }

  end(): Promise<void> {
    return this.#process.end();
  }
}
