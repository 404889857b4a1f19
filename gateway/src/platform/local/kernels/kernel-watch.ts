/**
 * Keeps every kernel on its way: observe → planKernel → apply → report. One thing happens at a time, and after each the
 * kernels are looked at; while there are any, the clock has them looked at as well.
 */
import { planKernel, planQueue } from '@berth/operator/plan';
import type { KernelEnd, QueuePlace } from '@berth/operator/plan';
import type { KernelView } from '../../../contract/index.js';
import type { ComputeClaim, PlatformCompute, PlatformLog } from '../ports.js';
import { isAlive } from '../process-identity.js';
import { CPU, inheritedDevices, kernelClaims } from './kernel-claims.js';
import { observedKernel } from './kernel-record.js';
import type { TrackedKernel } from './kernel-record.js';
import type { KernelShelf } from './kernel-shelf.js';
import { END_MESSAGES, kernelView } from './kernel-view.js';

/** A killed process is noticed after this time at most. */
const LOOK_EVERY_MS = 2_000;

export interface KernelWatchDeps {
  readonly shelf: KernelShelf;
  readonly compute: Pick<PlatformCompute, 'capacities' | 'offers' | 'pickDevices'>;
  readonly log: PlatformLog;
  readonly clock: () => Date;
}

export class KernelWatch {
  private chain: Promise<unknown> = Promise.resolve();
  private nudged: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  /** What runs hold. Until they are known, no device is given to anybody. */
  private others: (() => readonly ComputeClaim[]) | undefined;

  constructor(private readonly deps: KernelWatchDeps) {}

  besides(others: () => readonly ComputeClaim[]): void {
    this.others = others;
    this.nudge();
  }

  /** All that hold or wait for compute. */
  claims(without?: TrackedKernel): ComputeClaim[] {
    const kernels = this.deps.shelf.all().filter(kernel => kernel !== without);
    return [...(this.others?.() ?? []), ...kernelClaims(kernels)];
  }

  views(): KernelView[] {
    const now = this.deps.clock();
    const claims = this.claims();
    const places = this.placesAmong(claims);
    const titles = new Map(this.deps.compute.offers(claims).map(({ id, title }) => [id, title]));
    const titleOf = (offer: string): string => titles.get(offer) ?? offer;
    return this.deps.shelf.all().map(kernel => kernelView(kernel, places.get(kernel.record.id), titleOf, now));
  }

  /** Does it when all before it is done, and then looks at the kernels. */
  turn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.chain.then(async () => {
      const result = await act();
      await this.look();
      return result;
    });
    this.chain = done.catch(() => undefined); // whoever has asked for it hears of it
    return done;
  }

  /** Looks soon. */
  nudge(): void {
    this.nudged ??= this.turn(async () => {
      this.nudged = undefined;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.chain;
  }

  private async look(): Promise<void> {
    if (this.isClosed) return;
    try {
      const { shelf } = this.deps;
      await Promise.all(shelf.all().map(kernel => this.observe(kernel)));
      for (const kernel of shelf.all()) await this.releaseIfDue(kernel);
      this.admit();
      await shelf.save();
      shelf.announce(this.views());
    } catch (error: unknown) {
      this.deps.log.error('a look at the kernels failed; the next one is tried', { error });
    }
    this.schedule();
  }

  private async observe(kernel: TrackedKernel): Promise<void> {
    const { process } = kernel.record;
    if (process === null || (await isAlive(process))) kernel.goneSinceMs = undefined;
    else kernel.goneSinceMs ??= this.deps.clock().getTime();
  }

  private async releaseIfDue(kernel: TrackedKernel): Promise<void> {
    const { actions } = planKernel(observedKernel(kernel, false), this.deps.clock());
    for (const action of actions) if (action.kind === 'release') await this.release(kernel, action.why);
  }

  private async release({ record: { id, offer } }: TrackedKernel, why: KernelEnd): Promise<void> {
    this.deps.log.info('a kernel has given back what it held', { id, offer, why });
    await this.deps.shelf.remove(id, END_MESSAGES[why]);
  }

  /** Nothing is awaited here: what is picked for one is on its record before anybody else picks. */
  private admit(): void {
    const now = this.deps.clock();
    const places = this.placesAmong(this.claims());
    for (const kernel of this.deps.shelf.all()) {
      if (kernel.record.readyAtMs !== null) continue;
      const devices = this.devicesFor(kernel, places.get(kernel.record.id));
      const { actions } = planKernel(observedKernel(kernel, devices !== undefined), now);
      if (devices === undefined || !actions.some(({ kind }) => kind === 'reserve')) continue;
      this.deps.shelf.update(kernel, { readyAtMs: now.getTime(), devices });
    }
  }

  /** What it takes over and what is free for it; undefined: it goes on waiting. */
  private devicesFor({ record }: TrackedKernel, place: QueuePlace | undefined): string[] | undefined {
    if (record.offer === CPU) return [];
    const inherited = inheritedDevices(record, this.deps.shelf.records());
    const more = record.count - inherited.length;
    if (more === 0) return inherited;
    if (this.others === undefined || place?.place !== 'admitted') return undefined;
    const picked = this.deps.compute.pickDevices(record.offer, more, this.claims());
    return picked && [...inherited, ...picked];
  }

  private placesAmong(claims: readonly ComputeClaim[]): ReadonlyMap<string, QueuePlace> {
    return planQueue(claims, this.deps.compute.capacities(claims));
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const { shelf, clock } = this.deps;
    if (this.isClosed || shelf.all().length === 0) return;
    const rechecks = shelf.all().map(kernel => planKernel(observedKernel(kernel, false), clock()).recheckAfterMs);
    const soonestMs = Math.min(LOOK_EVERY_MS, ...rechecks.filter(ms => ms !== undefined));
    this.timer = setTimeout(() => this.nudge(), soonestMs).unref();
  }
}
