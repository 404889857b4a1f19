/** All kernels in the memory of this gateway and on its disk: they change here first, and whoever listens hears last. */
import type { KernelView } from '../../../contract/index.js';
import type { KernelChange, PlatformLog } from '../ports.js';
import type { KernelRecord, TrackedKernel } from './kernel-record.js';
import type { KernelStore } from './kernel-store.js';

export class KernelShelf {
  private readonly kernels = new Map<string, TrackedKernel>();
  private readonly listeners = new Set<(change: KernelChange) => void>();
  private readonly told = new Map<string, string>();
  /** Why each of them went, until it is told. */
  private readonly gone = new Map<string, string>();

  constructor(
    private readonly store: KernelStore,
    private readonly log: PlatformLog
  ) {}

  /** Takes up what a former gateway has left, except what belongs to another machine. */
  async load(host: string): Promise<void> {
    for (const record of await this.store.load()) {
      if (record.host === host) {
        this.kernels.set(record.id, { record, goneSinceMs: undefined, isSaved: true });
        continue;
      }
      this.log.info('a kernel of another machine is forgotten', { id: record.id, host: record.host });
      await this.store.remove(record.id);
    }
  }

  all(): TrackedKernel[] {
    return [...this.kernels.values()];
  }

  records(): KernelRecord[] {
    return this.all().map(({ record }) => record);
  }

  find(id: string): TrackedKernel | undefined {
    return this.kernels.get(id);
  }

  /** @throws PlatformError `storage-full`, with nothing changed */
  async add(record: KernelRecord): Promise<TrackedKernel> {
    await this.store.save(record);
    return this.keep(record, true);
  }

  /** As `add`, but on a full disk it is only remembered until there is room. */
  async addAnyway(record: KernelRecord): Promise<TrackedKernel> {
    const kernel = this.keep(record, false);
    await this.save();
    return kernel;
  }

  /** Changes it in memory; `save` makes it last. */
  update(kernel: TrackedKernel, change: Partial<KernelRecord>): void {
    kernel.record = { ...kernel.record, ...change };
    kernel.isSaved = false;
  }

  /** Saves what has changed. What cannot be saved stays in memory and is tried again with the next. */
  async save(): Promise<void> {
    for (const kernel of this.all().filter(one => !one.isSaved)) {
      const { record } = kernel;
      try {
        await this.store.save(record);
        kernel.isSaved = kernel.record === record;
      } catch (error: unknown) {
        this.log.warn('what a kernel holds could not be saved; it is tried again', { id: record.id, error });
      }
    }
  }

  /** @param reason for people; empty when it was asked for */
  async remove(id: string, reason: string): Promise<void> {
    if (!this.kernels.delete(id)) return;
    this.gone.set(id, reason);
    await this.store.remove(id).catch((error: unknown) => {
      this.log.warn('the record of a kernel could not be removed; the next start decides about it anew', { id, error });
    });
  }

  listen(listener: (change: KernelChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells who listens what has changed since the last time. */
  announce(views: readonly KernelView[]): void {
    for (const [id, reason] of this.gone) {
      this.told.delete(id);
      this.tell({ type: 'kernel-deleted', id, reason });
    }
    this.gone.clear();
    for (const kernel of views) {
      const text = JSON.stringify(kernel);
      if (this.told.get(kernel.id) === text) continue;
      this.told.set(kernel.id, text);
      this.tell({ type: 'kernel', kernel });
    }
  }

  private keep(record: KernelRecord, isSaved: boolean): TrackedKernel {
    const kernel: TrackedKernel = { record, goneSinceMs: undefined, isSaved };
    this.kernels.set(record.id, kernel);
    return kernel;
  }

  private tell(change: KernelChange): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(change);
      } catch (error: unknown) {
        this.log.error('a listener failed', { change: change.type, error });
      }
    }
  }
}
