/** A child process that answers one request a line, in JSON (see `bench_loop.py`); one request at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What the other side refused, with its own words: a reason to report, where it is a peer's. */
export class AnsweredError extends Error {
  override readonly name = 'AnsweredError';
}

export class LineProcess {
  readonly #title: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #pending: Pending | undefined;

  constructor(title: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#title = title;
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error(`${title} has no pipes`);
    stdin.on('error', () => undefined); // it has ended: 'close' tells
    createInterface({ input: stdout }).on('line', line => this.#take(line));
    this.#child.once('error', error => this.#settle(error));
    this.#ended = once(this.#child, 'close').then(
      ([code, signal]) => this.#settle(new Error(`${title} ended with ${String(signal ?? code)}`)),
      () => undefined // it could not be started: 'error' has told
    );
  }

  /** @throws AnsweredError where the request failed on the other side, Error where the process has ended */
  ask<T>(what: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        return reject(new Error(`${this.#title} has ended`));
      }
      // Both ends are in this folder: the type is what the other one is written to answer.
      this.#pending = { resolve: value => resolve(value as T), reject };
      this.#child.stdin?.write(`${JSON.stringify({ do: what, ...params })}\n`);
    });
  }

  /** Lets it end by itself. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  #take(line: string): void {
    const answer = JSON.parse(line) as { result?: unknown; error?: string };
    if (answer.error === undefined) this.#settle(undefined, answer.result);
    else this.#settle(new AnsweredError(answer.error));
  }

  #settle(error: Error | undefined, value?: unknown): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(error);
  }
}
