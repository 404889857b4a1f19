/**
 * Tells the Jupyter server what the person does, at most every ten seconds, and only when there is something new. What could
 * not be delivered is told again as long as somebody hears, goes with what comes next, or when the server answers again.
 */
import type { PolicyPart } from '@berth/gateway/contract';
import type { IDisposable } from '@lumino/disposable';
import { toGatewayError, type GatewayErrorCode } from '../../shared/gateway-error.js';
import type { IInputBody } from '../idle-client.js';
import { InputLog } from './input-log.js';

const EVERY_MS = 10_000;
const REFUSED: ReadonlySet<GatewayErrorCode> = new Set(['invalid-input', 'forbidden', 'not-found', 'too-large']);

export interface IInputReporterOptions {
  readonly send: (body: IInputBody) => Promise<void>;
  /** Is there anybody to tell? Until then it is kept, and told by `tellAgain`. */
  readonly isHeard: () => boolean;
  /** Of this page, until it is loaded again. */
  readonly page: string;
  readonly now?: () => number;
}

export class InputReporter implements IDisposable {
  constructor(private readonly _options: IInputReporterOptions) {
    this._now = _options.now ?? Date.now;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The person did something. */
  note(kernel: string | null): void {
    this._log.note(kernel, this._now());
    this._schedule();
  }

  /** Kernels in which a cell waits for an answer. Told at once: who has answered may close the page, and leave the cell to work. */
  setWaiting(kernels: readonly string[]): void {
    this._waiting = kernels;
    clearTimeout(this._timer);
    this._timer = undefined;
    this._schedule(0);
  }

  /** Until it is known what the person has set, nothing is said of it: the server keeps what it knows. */
  setWish(wish: PolicyPart | null): void {
    if (JSON.stringify(wish) === JSON.stringify(this._wish)) return;
    this._wish = wish;
    this._schedule();
  }

  /** All that holds now: the server may be another that knows nothing. */
  tellAgain(): void {
    this._schedule();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  private _schedule(everyMs = EVERY_MS): void {
    if (this._isDisposed || this._timer !== undefined) return;
    const sinceMs = this._lastMs === null ? everyMs : Math.abs(this._now() - this._lastMs);
    this._timer = setTimeout(() => void this._tell(), Math.max(0, everyMs - sinceMs));
  }

  private async _tell(): Promise<void> {
    const { send, isHeard, page } = this._options;
    this._timer = undefined;
    if (!isHeard()) return;
    const now = this._now();
    this._lastMs = now;
    const body = { ...this._log.ages(now), waitsInput: this._waiting, tabs: 1 as const, page };
    const wished = this._wish === undefined ? body : { ...body, wish: this._wish };
    try {
      await send(wished);
      this._log.delivered(now);
    } catch (thrown: unknown) {
      // While nobody hears it waits for `tellAgain`; what was refused would be refused again.
      if (!REFUSED.has(toGatewayError(thrown).code)) this._schedule();
    }
  }

  private readonly _now: () => number;
  private readonly _log = new InputLog();
  private _waiting: readonly string[] = [];
  private _wish: PolicyPart | null | undefined;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  /** When it was last told, or tried. */
  private _lastMs: number | null = null;
  private _isDisposed = false;
}
