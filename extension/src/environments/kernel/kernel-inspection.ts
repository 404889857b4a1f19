/**
 * Looks into a notebook's kernel: after it has started, and whenever it is asked to. One silent request at a time; it waits
 * in the kernel's queue behind the cells that run, and nothing is asked while nothing happens.
 */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { KernelEvidence } from '../drift/judge.js';
import { INSPECTION } from './inspection-code.js';
import { factsOf } from './kernel-facts.js';

/** What is needed of a kernel's session. */
export type InspectedSession = Pick<ISessionContext, 'session' | 'kernelChanged' | 'statusChanged'>;

/** A cell that fails takes the requests behind it with it. */
const MOST_TRIES = 3;

export class KernelInspection implements IDisposable {
  constructor(private readonly _context: InspectedSession) {
    _context.kernelChanged.connect(this._onKernelChanged, this);
    _context.statusChanged.connect(this._onStatusChanged, this);
    this._forget();
    void this.look();
  }

  /** What was seen last. */
  get evidence(): KernelEvidence {
    return this._evidence;
  }

  /** The evidence is another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Looks, or waits for the look that is under way. Never rejects. */
  look(): Promise<KernelEvidence> {
    this._looking ??= this._look().finally(() => {
      this._looking = null;
    });
    return this._looking;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._context.kernelChanged.disconnect(this._onKernelChanged, this);
    this._context.statusChanged.disconnect(this._onStatusChanged, this);
    Signal.clearData(this);
  }

  private async _look(): Promise<KernelEvidence> {
    for (;;) {
      const kernel = this._kernel;
      const generation = this._generation;
      const seen = kernel === null ? 'none' : await inspect(kernel);
      if (this._isDisposed) return 'unknown';
      if (generation !== this._generation) continue; // It was restarted, or is another by now.
      this._set(seen);
      return seen;
    }
  }

  private get _kernel(): Kernel.IKernelConnection | null {
    const kernel = this._context.session?.kernel ?? null;
    return kernel === null || kernel.isDisposed || kernel.status === 'dead' ? null : kernel;
  }

  /** What was seen belongs to a kernel that is no more. */
  private _forget(): void {
    this._generation += 1;
    this._set(this._kernel === null ? 'none' : 'pending');
  }

  private _set(evidence: KernelEvidence): void {
    if (evidence === this._evidence) return;
    this._evidence = evidence;
    this._changed.emit();
  }

  private readonly _onKernelChanged = (): void => {
    this._forget();
    void this.look();
  };

  private readonly _onStatusChanged = (_: unknown, status: Kernel.Status): void => {
    const isGone = status === 'restarting' || status === 'autorestarting' || status === 'dead';
    // After a restart Lab knows no state until the kernel has answered something; it is sent once they are connected.
    const isThere = status === 'idle' || status === 'unknown';
    if (isGone) this._forget();
    else if (isThere && this._evidence === 'pending') void this.look();
  };

  private readonly _changed = new Signal<this, void>(this);
  private _evidence: KernelEvidence = 'none';
  private _looking: Promise<KernelEvidence> | null = null;
  private _generation = 0;
  private _isDisposed = false;
}

/** Asks again where a failing cell has cleared the kernel's queue. Whatever goes wrong, it is "unknown". */
async function inspect(kernel: Kernel.IKernelConnection): Promise<KernelEvidence> {
  try {
    const { language_info: language } = await kernel.info;
    if (language.name !== 'python') return 'unknown';
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const future = kernel.requestExecute({
        code: '',
        silent: true,
        store_history: false,
        stop_on_error: false,
        allow_stdin: false,
        user_expressions: { berth: INSPECTION }
      });
      const { content } = await future.done;
      if ((content.status as string) !== 'aborted') return factsOf(content) ?? 'unknown';
    }
  } catch {
    // The kernel ended or its connection was cut: there is nothing that could be known.
  }
  return 'unknown';
}
