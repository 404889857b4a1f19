/**
 * Tells people what was done, as Events beside the object. They are a courtesy: one that cannot be sent is counted and never
 * fails a reconcile, and what would be said again and again is said once in ten minutes.
 */
import { randomBytes } from 'node:crypto';
import type { ApiClient } from './api-client.js';
import type { Clock } from './clock.js';
import { microTime } from './lease.js';
import type { Log } from './log.js';
import type { ApiObject, Resource } from './resource.js';

const EVENTS: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
const CONTROLLER = 'berth.dev/operator';

const REPEAT_AFTER_MS = 600_000;
const REMEMBERED = 4096;
/** More at once are dropped. */
const IN_FLIGHT = 32;
/** The API server's bounds. That of the note is of bytes. */
const LONGEST_NOTE_BYTES = 1024;
const LONGEST_INSTANCE = 128;
/** Of the object's name in the event's. */
const LONGEST_NAME = 200;

export type EventResult = 'sent' | 'repeated' | 'failed' | 'dropped';

export interface EventMetrics {
  eventEnded(result: EventResult): void;
}

export interface EventRecorderOptions {
  readonly client: Pick<ApiClient, 'create'>;
  /** Which of our processes it was. */
  readonly instance: string;
  readonly clock: Clock;
  readonly dateMs: () => number;
  readonly log: Log;
  readonly metrics: EventMetrics;
}

export interface EventWish {
  /** Objects out of a list do not say their kind themselves. */
  readonly regarding: ApiObject & Required<Pick<ApiObject, 'apiVersion' | 'kind'>>;
  readonly type: 'Normal' | 'Warning';
  /** PascalCase. */
  readonly reason: string;
  readonly message: string;
}

export class EventRecorder {
  private readonly options: EventRecorderOptions;
  /** What was said, and when, by our clock; what was said last is last. */
  private readonly said = new Map<string, number>();
  private inFlight = 0;

  constructor(options: EventRecorderOptions) {
    this.options = options;
  }

  /** Resolves once the event is sent, or never will be. Never rejects. */
  async record(wish: EventWish): Promise<void> {
    this.options.metrics.eventEnded(await this.send(wish));
  }

  private async send(wish: EventWish): Promise<EventResult> {
    const { client, clock, log } = this.options;
    const { metadata, kind } = wish.regarding;
    const note = fitting(wish.message);
    const what = JSON.stringify([metadata.uid ?? [kind, metadata.namespace, metadata.name], wish.reason, note]);
    const saidMs = this.said.get(what) ?? -Infinity;
    if (clock.now() - saidMs < REPEAT_AFTER_MS) return 'repeated';
    if (this.inFlight >= IN_FLIGHT) return 'dropped';
    this.remember(what);
    this.inFlight += 1;
    try {
      await client.create(EVENTS, this.event(wish, note));
      return 'sent';
    } catch (error: unknown) {
      this.said.delete(what);
      log.warn('an event could not be sent', { kind, name: metadata.name, reason: wish.reason, error });
      return 'failed';
    } finally {
      this.inFlight -= 1;
    }
  }

  private remember(what: string): void {
    this.said.delete(what);
    this.said.set(what, this.options.clock.now());
    const [oldest] = this.said.keys();
    if (this.said.size > REMEMBERED && oldest !== undefined) this.said.delete(oldest);
  }

  private event({ regarding, type, reason }: EventWish, note: string) {
    const { apiVersion, kind, metadata } = regarding;
    const { name, namespace = 'default', uid } = metadata;
    const unique = randomBytes(8).toString('hex');
    return {
      metadata: { namespace, name: `${name.slice(0, LONGEST_NAME).replace(/[.-]+$/, '')}.${unique}` },
      eventTime: microTime(this.options.dateMs()),
      reportingController: CONTROLLER,
      reportingInstance: this.options.instance.slice(0, LONGEST_INSTANCE),
      action: reason,
      reason,
      regarding: { apiVersion, kind, name, ...(metadata.namespace && { namespace }), ...(uid && { uid }) },
      note,
      type
    };
  }
}

/** As much of a text as the API server takes. */
function fitting(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(LONGEST_NOTE_BYTES));
  return text.slice(0, read);
}
