/** The runtime's end of the process of a corpus or a budget: starts it, again where it has ended, and hands requests over. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Compute } from './create-request.js';
import { type Frame, FrameReader } from './frame.js';
import { RuntimeError } from './runtime-error.js';

/** What lives in a process of its own; the word is also the mode that the program is started in. */
export type Kind = 'corpus' | 'budget';

export interface ChildOptions {
  readonly kind: Kind;
  /** Program and arguments before the kind. */
  readonly command: readonly string[];
  /** Arguments behind it; what is new has no files yet that it could go on with. */
  readonly args: (isNew: boolean) => readonly string[];
  readonly compute: Compute;
  readonly log: (text: string) => void;
}

/** How a process ends that has grown too large, or lost its device: between two requests, to be started again. */
export const EXIT_GROWN = 75;

interface Pending {
  readonly pieces: readonly Uint8Array[];
  /** The process has begun with it; until then it waits for others. */
  readonly onStart: () => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onEnd: (error: RuntimeError) => void;
}

export class Child {
  #child: ChildProcess | undefined;
  #isNew: boolean;
  readonly #pending = new Map<number, Pending>();
  #lastError = '';

  constructor(
    private readonly options: ChildOptions,
    isNew: boolean
  ) {
    this.#isNew = isNew;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Hands a request over, whose id is the runtime's own; exactly one of the two is called at the end. */
  send(id: number, pending: Pending): void {
    this.#pending.set(id, pending);
    this.#write(pending.pieces);
  }

  /** From now on it is started with what lies in its folder. */
  sealed(): void {
    this.#isNew = false;
  }

  /** Says something about a request that is on its way, if the process is there to hear it. */
  tell(pieces: readonly Uint8Array[]): void {
    if (this.#child !== undefined) this.#write(pieces);
  }

  /** Ends it in the middle of whatever it does; the next request starts it again. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  #write(pieces: readonly Uint8Array[]): void {
    const { stdin } = (this.#child ??= this.#start());
    for (const piece of pieces) stdin?.write(piece);
  }

  #start(): ChildProcess {
    const { kind, command, args, compute, log } = this.options;
    const [program = '', ...before] = command;
    const all = [...before, kind, ...args(this.#isNew)];
    const child = spawn(program, all, { stdio: ['pipe', 'pipe', 'pipe'], env: childEnvironment(compute) });
    const reader = new FrameReader();
    child.stdout.on('data', (piece: Buffer) => {
      try {
        for (const frame of reader.push(piece)) this.#take(frame);
      } catch (error: unknown) {
        log(`${kind} ${child.pid} is not understood: ${String(error)}`);
        child.kill('SIGKILL');
      }
    });
    child.stdin.on('error', () => undefined); // it has ended: 'exit' tells
    child.stderr.on('data', (piece: Buffer) => {
      this.#lastError = piece.toString().trim().split('\n').at(-1) ?? '';
      log(`${kind} ${child.pid}: ${piece.toString().trimEnd()}`);
    });
    child.once('error', error => this.#ended(child, error.message));
    child.once('close', (code, signal) => {
      if (code === EXIT_GROWN) this.#goOn(child);
      else this.#ended(child, signal ?? `exit code ${code}`);
    });
    return child;
  }

  /** Whoever asked does not wait for it any more. */
  forget(id: number): void {
    this.#pending.delete(id);
  }

  #take(frame: Frame): void {
    const { id, started } = frame.header;
    if (started !== undefined) return this.#pending.get(started as number)?.onStart();
    const pending = this.#pending.get(id as number);
    if (pending === undefined) return;
    if (frame.header['progress'] === undefined) this.#pending.delete(id as number);
    pending.onFrame(frame);
  }

  /** What was on its way when the process made room is asked again. */
  #goOn(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const { pieces } of this.#pending.values()) this.#write(pieces);
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const hint = this.#lastError === '' ? '' : `: ${this.#lastError}`;
    this.#lastError = '';
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    const { kind, log } = this.options;
    if (pending.length > 0) log(`${kind} ${child.pid} ended (${how}) with ${pending.length} open requests`);
    const error = new RuntimeError(
      'runtime-crashed',
      `the process of the ${kind} ended (${how})${hint}; the next call starts it again`
    );
    for (const each of pending) each.onEnd(error);
  }
}

/** What native libraries read from the environment is not left to chance; secrets of the notebook stay there. */
function childEnvironment({ gpus, gpuOrder }: Compute): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', TMPDIR, LD_LIBRARY_PATH } = process.env;
  return {
    PATH,
    HOME,
    // ONNX Runtime lets cuBLAS multiply in TF32, with 10 bits where the certificate counts on 23 (ADR 0011).
    NVIDIA_TF32_OVERRIDE: '0',
    ...(gpus === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpus }),
    ...(gpuOrder === undefined ? {} : { CUDA_DEVICE_ORDER: gpuOrder }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH })
  };
}
