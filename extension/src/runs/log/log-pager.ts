/**
 * Fetches one log page by page. A page and the cursor after it are taken in together or not at all, so that no cut
 * connection, restart or retry makes a gap or a doubled line. It fetches when woken; nobody polls.
 */
import type { LogPage } from '@berth/gateway/contract';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { ILogRequest } from '../../shared/gateway-client.js';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';
import { appendPage, EMPTY_BUFFER, type ILogBuffer } from './log-buffer.js';

const FIRST_TAIL = 1_000;
const EARLIER_TAIL = 5_000;
const PAGE = 2_000;
/** From so many lines, or characters, on a page may have been cut short by a bound of the server. */
const LARGE_PAGE_LINES = 200;
const LARGE_PAGE_CHARACTERS = 100_000;
/** Between two pages of a search that found little. */
const SEARCH_PAUSE_MS = 200;

export interface ILogSource {
  logs(runId: string, request: ILogRequest, signal?: AbortSignal): Promise<LogPage>;
}

/** Which log, and which of its lines. */
export interface ILogChoice {
  readonly runId: string;
  readonly rank: string;
  readonly attempt: number;
  /** Empty: all lines. */
  readonly contains: string;
}

export interface ILogState {
  readonly buffer: ILogBuffer;
  /** Nothing has come yet. */
  readonly loading: boolean;
  /** There may be lines before the first one, which `loadEarlier` would show. */
  readonly earlier: boolean;
  /** There may be lines before the first one, whether or not they can be shown. */
  readonly cut: boolean;
  readonly error: GatewayError | null;
}

export class LogPager implements IDisposable {
  constructor(
    private readonly _source: ILogSource,
    readonly choice: ILogChoice
  ) {}

  get state(): ILogState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** There may be more: fetches until there is not. Calls while it fetches make it look once more at the end. */
  wake(): void {
    if (this._isDisposed || this._state.buffer.end) return;
    this._wanted = true;
    if (!this._fetching) void this._fetchAll();
  }

  /** Starts over from further back. */
  loadEarlier(): void {
    this._tail = EARLIER_TAIL;
    this._abort.abort();
    this._abort = new AbortController();
    this._set({ buffer: EMPTY_BUFFER, loading: true, earlier: false, cut: false, error: null });
    this._generation += 1;
    this._fetching = false;
    this.wake();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._abort.abort();
    Signal.clearData(this);
  }

  private async _fetchAll(): Promise<void> {
    const generation = this._generation;
    this._fetching = true;
    try {
      while (this._wanted) {
        this._wanted = false;
        const page = await this._source.logs(this.choice.runId, this._request(), this._abort.signal);
        if (this._isDisposed || generation !== this._generation) return;
        const pauseMs = this._take(page);
        if (pauseMs > 0) await new Promise(resolve => setTimeout(resolve, pauseMs));
        if (this._isDisposed || generation !== this._generation) return;
      }
    } catch (error: unknown) {
      if (this._isDisposed || generation !== this._generation) return;
      this._set({ ...this._state, loading: false, error: toGatewayError(error) });
    }
    this._fetching = false;
  }

  /** @returns how long to wait before the next page, if one is wanted. */
  private _take(page: LogPage): number {
    const { buffer } = this._state;
    const first = buffer.cursor === null;
    const all = this.choice.contains === '';
    const cut = first ? all && page.lines.length >= this._tail : this._state.cut;
    const large = isLarge(page);
    // A search may answer with few lines long before the end: only a cursor that stands still says that nothing follows.
    const searching = !all && page.cursor !== buffer.cursor;
    if (!page.end && (large || searching)) this._wanted = true;
    this._set({
      buffer: appendPage(buffer, page),
      loading: false,
      earlier: cut && this._tail === FIRST_TAIL,
      cut,
      error: null
    });
    return searching && !large ? SEARCH_PAUSE_MS : 0;
  }

  private _request(): ILogRequest {
    const { rank, attempt, contains } = this.choice;
    const { cursor } = this._state.buffer;
    const which = { rank, attempt, contains, limit: Math.max(PAGE, cursor === null ? this._tail : 0) };
    if (cursor !== null) return { ...which, cursor };
    return contains === '' ? { ...which, tail: this._tail } : which;
  }

  private _set(state: ILogState): void {
    this._state = state;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _state: ILogState = { buffer: EMPTY_BUFFER, loading: true, earlier: false, cut: false, error: null };
  private _abort = new AbortController();
  private _tail = FIRST_TAIL;
  private _generation = 0;
  private _wanted = false;
  private _fetching = false;
  private _isDisposed = false;
}

function isLarge({ lines }: LogPage): boolean {
  if (lines.length >= LARGE_PAGE_LINES) return true;
  return lines.reduce((sum, line) => sum + line.text.length, 0) >= LARGE_PAGE_CHARACTERS;
}
