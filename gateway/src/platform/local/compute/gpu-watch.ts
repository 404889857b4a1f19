/**
 * Keeps an eye on the GPUs: looks when somebody asks, and now and then while somebody holds one or waits for one, since
 * strangers come and go unannounced. A machine without GPUs is asked once.
 */
import type { ComputeClaim, PlatformLog } from '../ports.js';
import { NO_GPUS } from './inventory.js';
import type { Inventory } from './inventory.js';
import { NoNvidiaSmi } from './nvidia-smi.js';
import type { NvidiaSmi } from './nvidia-smi.js';
import { NO_PROCESSES, processSight } from './process-sight.js';
import type { ProcessSight } from './process-sight.js';
import { readProcessTable } from './process-table.js';

const EVERY_MS = 10_000;
/** Somebody waits for a stranger to go. */
const IMPATIENT_MS = 2_000;
/** A driver that has never answered may have been loaded meanwhile. */
const RETRY_MS = 60_000;

export interface GpuWatchDeps {
  readonly nvidiaSmi: NvidiaSmi;
  /** All that hold or wait for compute; undefined: nobody has said so yet. */
  readonly claims: () => readonly ComputeClaim[] | undefined;
  readonly onLook: () => void;
  readonly log: PlatformLog;
}

export class GpuWatch {
  inventory: Inventory = NO_GPUS;
  processes: ProcessSight = NO_PROCESSES;
  /** Why the last look failed although there are GPUs; null: it did not. */
  trouble: string | null = null;
  private isAbsent = false;
  private isClosed = false;
  private looking: Promise<void> | undefined;
  private lookedAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private dueAtMs = Infinity;
  private said = '';

  constructor(private readonly deps: GpuWatchDeps) {}

  get hasGpus(): boolean {
    return this.inventory.gpus.length > 0;
  }

  /** Looks now, or joins a look that goes on; never fails. What was seen within the last `freshMs` is good enough. */
  look(freshMs = 0): Promise<void> {
    const patienceMs = this.hasGpus || this.lookedAtMs === -Infinity ? freshMs : RETRY_MS;
    if (this.isAbsent || this.isClosed || performance.now() - this.lookedAtMs < patienceMs) return Promise.resolve();
    this.looking ??= this.once().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  /** Sees to it that there is another look soon: somebody holds a GPU or waits for one. */
  care(isBlocked: boolean): void {
    if (!this.hasGpus || this.isClosed) return;
    const dueAtMs = this.lookedAtMs + (isBlocked ? IMPATIENT_MS : EVERY_MS);
    if (dueAtMs >= this.dueAtMs) return;
    clearTimeout(this.timer);
    this.dueAtMs = dueAtMs;
    this.timer = setTimeout(
      () => {
        this.dueAtMs = Infinity;
        void this.look();
      },
      Math.max(0, dueAtMs - performance.now())
    ).unref();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private async once(): Promise<void> {
    try {
      const inventory = await this.deps.nvidiaSmi.look();
      this.processes = await this.sightOf(inventory);
      this.inventory = inventory;
      this.trouble = null;
      this.sayFound();
    } catch (error: unknown) {
      this.sayFailed(error);
    }
    this.lookedAtMs = performance.now(); // before anybody counts from it when the next look is due
    this.deps.onLook();
  }

  private async sightOf(inventory: Inventory): Promise<ProcessSight> {
    if (inventory.gpus.every(gpu => gpu.processes.length === 0)) return NO_PROCESSES;
    const table = await readProcessTable();
    return processSight(inventory, table, this.deps.claims(), this.processes);
  }

  private sayFound(): void {
    const { driver, cuda, gpus } = this.inventory;
    const names = gpus.map(({ product }) => product).join(', ');
    const found = `${driver} ${names}`;
    if (this.said !== found && gpus.length > 0) this.deps.log.info('GPUs found', { driver, cuda, gpus: names });
    this.said = found;
  }

  private sayFailed(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    this.isAbsent = error instanceof NoNvidiaSmi && !this.hasGpus;
    if (this.hasGpus) this.trouble = `nvidia-smi: ${problem}`;
    if (this.said === problem) return;
    if (this.hasGpus) this.deps.log.warn('the GPUs cannot be looked at; none is given out until they can', { problem });
    else this.deps.log.info('no GPUs: nvidia-smi does not work here', { problem });
    this.said = problem;
  }
}
