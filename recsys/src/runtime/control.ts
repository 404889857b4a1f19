/** How long a request may go on: until its deadline, or until somebody does not want it any more. */
import { RuntimeError } from './runtime-error.js';

export class Control {
  #isCancelled = false;
  #isStopped = false;

  /**
   * @param deadlineMs  in the time of `now`; undefined: none
   * @param now         milliseconds of a clock that never goes back
   */
  constructor(
    private readonly deadlineMs: number | undefined,
    private readonly now: () => number
  ) {}

  cancel(): void {
    this.#isCancelled = true;
  }

  /** What is done so far is wanted, and no more; a request that has no answer in the middle of it goes on. */
  stop(): void {
    this.#isStopped = true;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Milliseconds until the deadline; Infinity without one. */
  get leftMs(): number {
    return this.deadlineMs === undefined ? Infinity : this.deadlineMs - this.now();
  }

  /** Lets what has arrived meanwhile be read, a `cancel` for instance. @throws RuntimeError `cancelled` or `deadline-exceeded`. */
  async pause(): Promise<void> {
    await new Promise<void>(resolve => setImmediate(resolve));
    this.check();
  }

  check(): void {
    if (this.#isCancelled) throw new RuntimeError('cancelled', 'the request was cancelled');
    if (this.leftMs <= 0) throw new RuntimeError('deadline-exceeded', 'the deadline has passed');
  }
}
