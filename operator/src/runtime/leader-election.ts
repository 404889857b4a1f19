/**
 * One of several processes leads, by a Lease. What it guards against is not only a process that has ended, but one that does not
 * know that it should have: stopped for a minute, cut off, or with answers that never come.
 *
 * - A candidate takes a lease that is absent, given back, or has not changed for `durationMs` by the candidate's own monotonic clock.
 *   Clocks of different machines are never compared.
 * - A leader leads until two thirds of `durationMs` after the *start* of its last successful write of the lease, by its own clock:
 *   always before anybody may take the lease. Leadership that has lapsed is not regained: `run` rejects, and the process must end.
 * - Every write of the lease carries the version it replaces, so of two candidates one succeeds. A write whose answer was lost may
 *   have succeeded or not: the lease is read before it is written again.
 *
 * The fencing that follows: `assertLeading`, asked before every write (`ApiClient`'s guard), throws from the instant of the lapse,
 * whatever timers did meanwhile. Requests that are under way then are aborted by the signal that `lead` is given, a third of
 * `durationMs` before anybody else leads. What remains is a request that left this process and is late on its way, and a process that was
 * stopped between the question and the write: hence deletes carry the uid, and status writes the version, that they are about. Two things
 * void the promise: somebody who deletes or edits the lease by hand, and a machine that is suspended with its clocks.
 *
 * All that compete for a lease have the same `durationMs`, and each its own `identity`: not a pod's name alone, for a container that
 * is started again has the same one.
 */
import type { ApiClient } from './api-client.js';
import { isApiError } from './api-error.js';
import { type Clock, delay } from './clock.js';
import { startDeadline } from './deadline.js';
import { givenBack, heldBy, type Lease, LEASES, type LeaseSpec, type Observation, planCandidate } from './lease.js';
import type { Log } from './log.js';

/** This process may not write: it does not lead, or no longer. */
export class NotLeadingError extends Error {
  override readonly name = 'NotLeadingError';
}

/** By shape: `instanceof` lies across realms. */
export function isNotLeading(value: unknown): value is NotLeadingError {
  return (value as { name?: unknown } | null)?.name === 'NotLeadingError';
}

export interface ElectionMetrics {
  leads(isLeading: boolean): void;
  leaseWritten(succeeded: boolean): void;
}

export interface LeaderElectionOptions {
  /** Without a guard, for candidates write the lease; and with connections of its own, so that renewals wait for nobody. */
  readonly client: Pick<ApiClient, 'get' | 'create' | 'replace'>;
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** For people who read the lease; only looked at when it is taken. */
  readonly dateMs: () => number;
  readonly log: Log;
  readonly metrics: ElectionMetrics;
  /** Default 15 s. */
  readonly durationMs?: number;
  /** Between two renewals. Default 3 s. */
  readonly renewMs?: number;
  /** Between two looks of a candidate, at most, and before a failed renewal is tried again. Default 1 s. */
  readonly retryMs?: number;
}

export interface Term {
  /** Aborted: this process stands for election no longer, and gives the lease back once `lead` has settled. */
  readonly signal: AbortSignal;
  /** Called once this process leads. Its signal is aborted when leadership is lost; to end with the term's signal is its own business. */
  readonly lead: (lost: AbortSignal) => Promise<void>;
}

export class LeaderElection {
  private readonly options: Required<LeaderElectionOptions>;
  private leadingUntilMs = -Infinity;
  /** Ours, as the server has it; undefined when that is not known. */
  private held: Lease | undefined;
  private observation: Observation | undefined;
  /** What the machine's date is ahead of the clock. Kept over a term, so that every renewal is a new time, whatever is done to the date. */
  private dateOffsetMs = 0;
  private failingSinceMs: number | undefined;

  constructor(options: LeaderElectionOptions) {
    this.options = { durationMs: 15_000, renewMs: 3_000, retryMs: 1_000, ...options };
  }

  get isLeading(): boolean {
    return this.options.clock.now() < this.leadingUntilMs;
  }

  /** Throws unless this process leads at this instant. */
  assertLeading(): void {
    if (!this.isLeading) throw new NotLeadingError('this process does not lead: it may not write');
  }

  /**
   * Stands for election until the signal is aborted, and leads at most once. Resolves once the lease is given back.
   * @throws NotLeadingError as soon as leadership is lost, without waiting for `lead`; or what `lead` has thrown.
   */
  async run({ signal, lead }: Term): Promise<void> {
    const { log, metrics, identity } = this.options;
    log.info('stands for election', { identity });
    if (!(await this.acquire(signal))) return;
    log.info('leads', { identity });
    metrics.leads(true);
    const lost = new AbortController();
    const ended = new AbortController();
    const renewals = this.keepRenewing(ended.signal);
    try {
      await Promise.race([lead(lost.signal), renewals, this.lapse(ended.signal)]);
      ended.abort();
      await renewals;
      await this.giveBack();
    } catch (error: unknown) {
      this.leadingUntilMs = -Infinity;
      lost.abort(error);
      throw error;
    } finally {
      ended.abort();
      metrics.leads(false);
    }
  }

  /** Resolves with true once this process leads, or false once the signal is aborted. */
  private async acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, random, retryMs } = this.options;
    while (!signal.aborted) {
      await this.attempt(() => this.standOnce());
      if (this.isLeading) return true;
      await delay(clock, retryMs * (0.7 + 0.3 * random()), signal);
    }
    return false;
  }

  private async standOnce(): Promise<void> {
    const { clock, dateMs, identity, durationMs, log } = this.options;
    const lease = await this.look();
    const plan = planCandidate(lease, clock.now(), { identity, durationMs, before: this.observation });
    const { holder } = plan.observation ?? {};
    if (holder !== undefined && holder !== this.observation?.holder) log.info('another leads', { holder });
    this.observation = plan.observation;
    if (plan.step === 'wait') return;
    this.dateOffsetMs = dateMs() - clock.now();
    this.leadingUntilMs = await this.claim(lease);
  }

  /** From start to start, so that a slow server is asked as often. Rejects when another holds the lease. */
  private async keepRenewing(ended: AbortSignal): Promise<void> {
    const { clock, renewMs, retryMs } = this.options;
    let startedMs = clock.now();
    while (!ended.aborted) {
      const everyMs = this.held === undefined ? retryMs : renewMs;
      await delay(clock, startedMs + everyMs - clock.now(), ended);
      if (ended.aborted) return;
      startedMs = clock.now();
      await this.attempt(() => this.renew());
    }
  }

  private async renew(): Promise<void> {
    const { identity } = this.options;
    const lease = this.held ?? (await this.look());
    const holder = lease?.spec?.holderIdentity;
    if (lease !== undefined && holder !== identity) {
      throw new NotLeadingError(`the lease was taken from this process: ${holder || 'nobody'} holds it`);
    }
    this.assertLeading(); // it may have lapsed while nothing of this process ran
    const untilMs = await this.claim(lease);
    this.assertLeading(); // an answer that comes too late changes nothing
    this.leadingUntilMs = untilMs;
  }

  /** Rejects at the instant at which leadership lapses. */
  private async lapse(ended: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (this.isLeading && !ended.aborted) await delay(clock, this.leadingUntilMs - clock.now(), ended);
    if (!ended.aborted) throw new NotLeadingError('leadership has lapsed: the lease could not be renewed in time');
  }

  private async giveBack(): Promise<void> {
    const { clock, identity, log } = this.options;
    this.leadingUntilMs = -Infinity;
    await this.attempt(async () => {
      const lease = this.held ?? (await this.look());
      if (lease?.spec?.holderIdentity !== identity) return;
      await this.write(lease, givenBack(lease.spec, clock.now() + this.dateOffsetMs));
      log.info('has given the lease back', { identity });
    });
  }

  /** Writes that we hold the lease. Returns until when that lets us lead. */
  private async claim(lease: Lease | undefined): Promise<number> {
    const { clock, identity, durationMs } = this.options;
    const startedMs = clock.now();
    await this.write(lease, heldBy(identity, lease?.spec, startedMs + this.dateOffsetMs, durationMs));
    return startedMs + (durationMs * 2) / 3;
  }

  private async look(): Promise<Lease | undefined> {
    const { client, lease } = this.options;
    return this.inTime(signal => client.get<Lease>(LEASES, `${lease.namespace}/${lease.name}`, signal));
  }

  private async write(before: Lease | undefined, spec: LeaseSpec): Promise<void> {
    const { client, lease, metrics } = this.options;
    this.held = undefined;
    const made: Lease = { metadata: lease, ...before, spec };
    try {
      this.held = await this.inTime(signal =>
        before === undefined ? client.create(LEASES, made, signal) : client.replace(LEASES, made, signal)
      );
    } finally {
      metrics.leaseWritten(this.held !== undefined);
    }
  }

  /** A request whose answer is lost leaves time for another before leadership lapses. */
  private async inTime<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    using deadline = startDeadline(this.options.clock, this.options.durationMs / 3, 'a request about the lease');
    return await request(deadline.signal);
  }

  /** Failures are expected and tried again; an outage is said once, and its end. That another was faster is none. */
  private async attempt(step: () => Promise<void>): Promise<void> {
    const { clock, log } = this.options;
    try {
      await step();
      if (this.failingSinceMs === undefined) return;
      log.info('the lease can be reached again', { afterMs: Math.round(clock.now() - this.failingSinceMs) });
      this.failingSinceMs = undefined;
    } catch (error: unknown) {
      if (isNotLeading(error)) throw error;
      if (isApiError(error, 409)) return log.debug('another was faster', { error });
      if (this.failingSinceMs === undefined) log.warn('the lease cannot be read or written', { error });
      this.failingSinceMs ??= clock.now();
    }
  }
}
