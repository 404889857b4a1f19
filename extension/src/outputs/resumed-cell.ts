/** A cell that another page has run: its outputs so far come from the server, what it prints from now on from the kernel. */
import { CodeCellModel, type ICodeCellModel } from '@jupyterlab/cells';
import { KernelMessage } from '@jupyterlab/services';
import { JSONExt } from '@lumino/coreutils';
import { OutputFeed } from './output-feed.js';
import type { IKeptExecution } from './outputs-client.js';

/** So many messages are remembered, for an answer of the server may be older than they are. */
const REMEMBERED = 1000;

export class ResumedCell {
  /** @param early - Messages of this execution that came before anything else was known of it. */
  constructor(
    readonly cell: ICodeCellModel,
    early: readonly KernelMessage.IIOPubMessage[] = []
  ) {
    this._heard = [...early];
  }

  /** It has ended, and the server has said so: nothing can be missing. */
  get isComplete(): boolean {
    return this._isComplete;
  }

  /** Takes over what the server has kept; true if the cell looks different now. */
  take(kept: IKeptExecution): boolean {
    if (this._hasEnded && kept.phase !== 'ended') return false; // an answer that is older than what the kernel said
    const wasEnded = this._hasEnded;
    this._known = new Set(kept.heard);
    this._isComplete = kept.phase === 'ended';
    if (kept.phase === 'ended') this._end(kept.count);
    else this._run();
    const isChanged = this._isOf(kept) && this._show(kept);
    return isChanged || this._hasEnded !== wasEnded;
  }

  /** Takes in a message of this execution; true if it was the last one. */
  hear(message: KernelMessage.IIOPubMessage): boolean {
    if (this._known.has(message.header.msg_id)) return false; // the server was faster
    this._heard.push(message);
    if (this._heard.length > REMEMBERED) this._heard.shift();
    if (KernelMessage.isExecuteInputMsg(message)) this._begin(message);
    this._feed?.hear(message);
    if (isLast(message)) this._end(this._count);
    return isLast(message);
  }

  /** Another execution may update a display of this cell. */
  hearUpdate(message: KernelMessage.IUpdateDisplayDataMsg): void {
    this._feed?.hear(message);
  }

  /** The person has cleared the cell, and goes on to look at it. */
  cleared(): void {
    this._feed?.forgetDisplays();
  }

  /** Nobody will say how it ends. */
  letGo(): void {
    if (!this._hasEnded) this._end(this._count);
  }

  /** One whose outputs come in already stays what it is while the person types; one that waits may be another one now. */
  private _isOf({ code }: IKeptExecution): boolean {
    return code !== null && (this._feed !== null || code === this.cell.sharedModel.getSource());
  }

  private _begin({ content }: KernelMessage.IExecuteInputMsg): void {
    this._count = content.execution_count;
    if (this._feed !== null || content.code !== this.cell.sharedModel.getSource()) return;
    this.cell.outputs.clear();
    this.cell.trusted = true;
    this._feed = new OutputFeed(this.cell.outputs);
  }

  private _run(): void {
    this.cell.executionState = 'running';
    this.cell.executionCount = null;
  }

  private _end(count: number | null): void {
    this._hasEnded = true;
    this.cell.executionState = 'idle';
    if (count !== null) this.cell.executionCount = count;
  }

  /** Outputs that are right already stay, so that nothing flickers; a stream that goes on needs to know its cursor. */
  private _show(kept: IKeptExecution): boolean {
    const later = this._after(kept);
    const wanted = CodeCellModel.defaultContentFactory.createOutputArea({ trusted: true });
    refill(new OutputFeed(wanted), kept, later);
    const isRight = JSONExt.deepEqual(wanted.toJSON(), this.cell.outputs.toJSON());
    wanted.dispose();
    if (isRight && (this._feed !== null || this._hasEnded)) return false;
    this.cell.outputs.clear();
    this.cell.trusted = true; // this server has run just this code, for this person
    this._count = kept.count;
    this._feed = new OutputFeed(this.cell.outputs);
    refill(this._feed, kept, later);
    return !isRight;
  }

  /** Messages that the server's answer does not know yet. Both hear the kernel in the same order. */
  private _after({ phase }: IKeptExecution): readonly KernelMessage.IIOPubMessage[] {
    const isKnown = ({ header }: KernelMessage.IIOPubMessage): boolean => this._known.has(header.msg_id);
    const last = this._heard.reduce((found, message, index) => (isKnown(message) ? index : found), -1);
    this._heard.splice(0, last < 0 && phase === 'ended' ? this._heard.length : last + 1); // they may be large
    return this._heard;
  }

  private readonly _heard: KernelMessage.IIOPubMessage[];
  private _known: ReadonlySet<string> = new Set();
  private _feed: OutputFeed | null = null;
  private _count: number | null = null;
  private _hasEnded = false;
  private _isComplete = false;
}

/** Is it the last message of its execution? */
export function isLast(message: KernelMessage.IIOPubMessage): boolean {
  return KernelMessage.isStatusMsg(message) && message.content.execution_state === 'idle';
}

function refill(feed: OutputFeed, kept: IKeptExecution, later: readonly KernelMessage.IIOPubMessage[]): void {
  feed.restore(kept.outputs, kept.clearNext);
  for (const message of later) feed.hear(message);
}
