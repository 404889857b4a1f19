/**
 * Replicas that stand for election, each with its own clock and its own way to one API server that has nothing but a lease.
 * Time is one fake clock. Every replica that leads writes ten times a second, as a controller would: asked before, and noted.
 */
import { ApiError } from './api-error.js';
import type { Clock } from './clock.js';
import { FakeClock, settled } from './fake-clock.testkit.js';
import { keptLog, keptMetrics } from './kept.testkit.js';
import type { Lease } from './lease.js';
import { LeaderElection, type LeaderElectionOptions } from './leader-election.js';

export const DURATION_MS = 15_000;
const REQUEST_TIMEOUT_MS = 3_000;

/** What happens to requests of a replica from now on. `answer-lost`: the server does it, and nobody hears of it. */
export type Way = 'open' | 'refused' | 'silent' | 'answer-lost';

export interface ReplicaOptions {
  /** Of its clock: 1.01 is one percent fast. */
  readonly rate?: number;
  /** Of its clock and its date, to those of the world. */
  readonly aheadMs?: number;
  readonly drainMs?: number;
  /** Between two writes of a leader; default 100. */
  readonly workEveryMs?: number;
}

export class World {
  readonly clock = new FakeClock();
  readonly replicas: Replica[] = [];
  /** Of the lease, as the server has taken them. */
  readonly leaseWrites: { readonly by: string; readonly atMs: number }[] = [];
  /** Of those who led: when the server took it. */
  readonly work: { readonly by: string; readonly atMs: number }[] = [];
  lease: Lease | undefined;
  latencyMs = 2;
  private version = 0;
  private replicasMade = 0;

  constructor() {
    this.clock.afterStep = () => this.requireOneLeader();
  }

  add(options: ReplicaOptions = {}): Replica {
    const replica = new Replica(this, `r${(this.replicasMade += 1)}`, options);
    this.replicas.push(replica);
    return replica;
  }

  get leaders(): string[] {
    return this.replicas.filter(({ election, isDead }) => !isDead && election.isLeading).map(({ name }) => name);
  }

  /** Until somebody leads (or just this one); throws after `withinMs`. Returns how long it took. */
  async untilLed(withinMs = 20_000, by?: Replica): Promise<number> {
    const startMs = this.clock.now();
    while (by === undefined ? this.leaders.length === 0 : !this.leaders.includes(by.name)) {
      if (this.clock.now() - startMs > withinMs)
        throw new Error(`${by?.name ?? 'any of them'} does not lead after ${withinMs} ms`);
      await this.clock.advance(10);
    }
    return this.clock.now() - startMs;
  }

  /** As the API server does it, at this instant. */
  answer(by: string, verb: 'get' | 'create' | 'replace', sent?: Lease): Lease | undefined {
    if (verb === 'get') return this.lease;
    const isStale = this.lease?.metadata.resourceVersion !== sent?.metadata.resourceVersion;
    if (verb === 'create' && this.lease !== undefined)
      throw new ApiError('it exists', { status: 409, reason: 'AlreadyExists' });
    if (verb === 'replace' && this.lease === undefined) throw new ApiError('there is none', { status: 404 });
    if (verb === 'replace' && isStale) throw new ApiError('it was modified', { status: 409, reason: 'Conflict' });
    this.leaseWrites.push({ by, atMs: this.clock.now() });
    return this.put(sent as Lease);
  }

  /** By hand. */
  put(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String((this.version += 1)) } };
    return this.lease;
  }

  private requireOneLeader(): void {
    if (this.leaders.length > 1) throw new Error(`${this.leaders.join(' and ')} lead at ${this.clock.now()} ms`);
  }
}

export class Replica {
  readonly election: LeaderElection;
  readonly lines = keptLog();
  readonly counted = keptMetrics();
  way: Way = 'open';
  isDead = false;
  /** What `run` ended with. */
  outcome: 'resolved' | Error | undefined;
  readonly stop = new AbortController();
  /** What it was given when it began to lead. */
  lost: AbortSignal | undefined;
  private isFrozen = false;
  private readonly held: (() => void)[] = [];
  /** Added to the date alone. */
  dateJumpMs = 0;

  constructor(
    private readonly world: World,
    readonly name: string,
    private readonly options: ReplicaOptions
  ) {
    const clock = this.clock();
    this.election = new LeaderElection({
      client: this.client(),
      lease: { namespace: 'berth-system', name: 'berth' },
      identity: name,
      clock,
      random: () => 0.5,
      dateMs: () => Date.UTC(2030, 0, 1) + clock.now() + this.dateJumpMs,
      log: this.lines.log,
      metrics: this.counted.metrics,
      durationMs: DURATION_MS
    });
    const ended = (outcome: 'resolved' | Error) => (this.outcome = outcome);
    const lead = (lost: AbortSignal) => this.workWhileLeading(lost, clock);
    this.election.run({ signal: this.stop.signal, lead }).then(
      () => ended('resolved'),
      (error: unknown) => ended(error as Error)
    );
  }

  /** As SIGSTOP does it: time goes on, and nothing of it happens. */
  freeze(): void {
    this.isFrozen = true;
  }

  /** As SIGCONT does it: everything that is overdue happens, in its order. */
  async thaw(): Promise<void> {
    this.isFrozen = false;
    for (let next = this.held.shift(); next !== undefined && !this.isFrozen; next = this.held.shift()) {
      next();
      await settled();
    }
  }

  /** As SIGKILL does it. */
  kill(): void {
    this.isDead = true;
  }

  private clock(): Clock {
    const { rate = 1, aheadMs = 0 } = this.options;
    const { clock } = this.world;
    return {
      now: () => aheadMs + clock.now() * rate,
      setTimer: (run, delayMs) => {
        let isOff = false;
        const cancel = clock.setTimer(() => this.happen(() => !isOff && run()), delayMs / rate);
        return () => {
          isOff = true;
          cancel();
        };
      }
    };
  }

  private happen(event: () => void): void {
    if (this.isDead) return;
    if (this.isFrozen) this.held.push(event);
    else event();
  }

  private client(): LeaderElectionOptions['client'] {
    const ask = (verb: 'get' | 'create' | 'replace', lease?: Lease, signal?: AbortSignal) =>
      this.request(() => this.world.answer(this.name, verb, lease), signal);
    return {
      get: (_resource, _key, signal) => ask('get', undefined, signal) as Promise<never>,
      create: (_resource, object, signal) => ask('create', object, signal) as Promise<never>,
      replace: (_resource, object, signal) => ask('replace', object, signal) as Promise<never>
    };
  }

  /** There and back, each way taking the latency; an abort ends the waiting, not what is under way. */
  private request<T>(serve: () => T, signal?: AbortSignal): Promise<T> {
    const { clock, latencyMs } = this.world;
    const { way } = this;
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const back = (settle: () => void) => clock.setTimer(() => this.happen(settle), latencyMs);
      clock.setTimer(() => {
        if (way === 'refused') return back(() => reject(new Error('connection refused')));
        if (way === 'silent') return undefined;
        try {
          const answer = serve();
          if (way === 'open') back(() => resolve(answer));
        } catch (error: unknown) {
          if (way === 'open') back(() => reject(asError(error)));
        }
        return undefined;
      }, latencyMs);
    });
  }

  private async workWhileLeading(lost: AbortSignal, clock: Clock): Promise<void> {
    this.lost = lost;
    let isDrained = false;
    const end = () => {
      clock.setTimer(() => (isDrained = true), this.options.drainMs ?? 0);
    };
    if (this.stop.signal.aborted) end();
    this.stop.signal.addEventListener('abort', end);
    const underWay = new Set<Promise<unknown>>();
    while (!isDrained && !lost.aborted) {
      this.election.assertLeading();
      const write = this.request(() => this.world.work.push({ by: this.name, atMs: this.world.clock.now() }));
      const settledWrite: Promise<unknown> = write.catch(() => undefined).finally(() => underWay.delete(settledWrite));
      underWay.add(settledWrite);
      await new Promise<void>(resolve => void clock.setTimer(resolve, this.options.workEveryMs ?? 100));
    }
    // What is under way is work in hand: the lease is not given back before it has been answered, or is given up.
    const patience = new Promise<void>(resolve => void clock.setTimer(resolve, REQUEST_TIMEOUT_MS));
    await Promise.race([Promise.all(underWay), patience]);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
