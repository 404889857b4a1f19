/**
 * Gives changes their place in the one order and remembers the last ones, so that a client that was away can go on.
 *
 * Every change carries the whole state of its subject, so a newer one replaces an older one of the same subject: a client
 * that resumes gets each subject once, in the order of the latest changes, and ends in the same state as one that never left.
 */
import type { GatewayEvent, PlatformChange } from '../contract/index.js';

type JournalEvent = Exclude<GatewayEvent, { type: 'hello' }>;

interface Entry {
  readonly sequence: number;
  readonly event: JournalEvent;
}

const CAPACITY = 1000;

export class EventJournal {
  /** By subject; the oldest change first. */
  private readonly entries = new Map<string, Entry>();
  private sequence = 0;
  /** The newest change that was forgotten, not replaced. */
  private forgotten = 0;

  /**
   * @param epoch differs from start to start, so that a cursor from before a restart is never mistaken for one of now.
   * @param capacity how many subjects are remembered.
   */
  constructor(
    private readonly epoch: string,
    private readonly capacity = CAPACITY
  ) {}

  /** Where the order ends now. */
  get cursor(): string {
    return `${this.epoch}-${this.sequence}`;
  }

  add(change: PlatformChange): JournalEvent {
    this.sequence += 1;
    const event: JournalEvent = { ...change, cursor: this.cursor };
    const subject = subjectOf(change);
    this.entries.delete(subject);
    this.entries.set(subject, { sequence: this.sequence, event });
    if (this.entries.size > this.capacity) this.forgetOldest();
    return event;
  }

  /** What came after `cursor`, oldest first; `gone` when that is no longer known, or the cursor is none of ours. */
  since(cursor: string): JournalEvent[] | 'gone' {
    const from = this.sequenceOf(cursor);
    if (from === undefined || from < this.forgotten || from > this.sequence) return 'gone';
    return [...this.entries.values()].filter(entry => entry.sequence > from).map(entry => entry.event);
  }

  private forgetOldest(): void {
    for (const [subject, entry] of this.entries) {
      this.entries.delete(subject);
      this.forgotten = entry.sequence;
      return;
    }
  }

  private sequenceOf(cursor: string): number | undefined {
    const end = cursor.lastIndexOf('-');
    const digits = cursor.slice(end + 1);
    return cursor.slice(0, Math.max(end, 0)) === this.epoch && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
  }
}

/** A deletion replaces what was said about its subject before. */
function subjectOf(change: PlatformChange): string {
  switch (change.type) {
    case 'run':
      return `run ${change.run.id}`;
    case 'run-deleted':
      return `run ${change.runId}`;
    case 'kernel':
      return `kernel ${change.kernel.id}`;
    case 'kernel-deleted':
      return `kernel ${change.id}`;
    case 'environment-deleted':
      return `environment ${change.name}`;
    case 'environment':
      return `environment ${change.environment.name}`;
    case 'log':
      return `log ${change.runId} ${change.attempt}`;
    case 'offers':
      return 'offers';
  }
}
