/** Takes samples of how busy everything is, while somebody wants to know and not longer. */
import type { Usage, UsageQuery, UsageSample } from '../../../contract/index.js';
import type { PlatformLog } from '../ports.js';
import { withSample } from './usage-sample.js';
import type { UsageReading } from './usage-sample.js';

const INTERVAL_MS = 2_000;
/** Nobody has asked for so long: nobody looks any more. */
const ATTENTION_MS = 30_000;

export interface UsageSamplerDeps {
  readonly read: () => Promise<UsageReading>;
  readonly sampleOf: (before: UsageReading | undefined, now: UsageReading) => UsageSample;
  readonly log: PlatformLog;
}

export class UsageSampler {
  private samples: UsageSample[] = [];
  private last: UsageReading | undefined;
  private taking: Promise<void> | undefined;
  private askedAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly deps: UsageSamplerDeps) {}

  /** The samples after that time; the first to ask waits for the first of them. */
  async usage({ afterMs }: UsageQuery): Promise<Usage> {
    this.askedAtMs = performance.now();
    if (this.timer === undefined && !this.isClosed) await this.take();
    return { samples: this.samples.filter(({ atMs }) => atMs > afterMs), intervalMs: INTERVAL_MS };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.taking;
  }

  private take(): Promise<void> {
    this.taking ??= this.once().finally(() => {
      this.taking = undefined;
      this.schedule();
    });
    return this.taking;
  }

  private async once(): Promise<void> {
    try {
      const reading = await this.deps.read();
      this.samples = withSample(this.samples, this.deps.sampleOf(this.last, reading));
      this.last = reading;
    } catch (error: unknown) {
      this.deps.log.warn('how busy the machine is could not be read; it is tried again', { error });
    }
  }

  private schedule(): void {
    this.timer = undefined;
    if (this.isClosed || performance.now() - this.askedAtMs > ATTENTION_MS) return;
    this.timer = setTimeout(() => void this.take(), INTERVAL_MS).unref();
  }
}
