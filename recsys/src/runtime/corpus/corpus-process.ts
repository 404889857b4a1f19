/** A process of one corpus. */
import { EXIT_GROWN } from '../child.js';
import type { Compute } from '../create-request.js';
import { mostResidentBytes } from '../estimate-memory.js';
import { serveRequests } from '../serve-requests.js';
import { CorpusService } from './corpus-service.js';

export interface CorpusProcessOptions {
  readonly folder: string;
  readonly threads: number;
  /** Beyond this much resident memory, or what the corpus may take by now, the process ends between two requests. */
  readonly mostBytes: number;
  readonly isNew: boolean;
  readonly wanted: Compute['device'];
}

/** What the libraries of a GPU take of this machine's memory, beside the corpus. */
const DEVICE_BYTES = 2 ** 31;

export function runCorpusProcess(options: CorpusProcessOptions): void {
  const now = (): number => performance.now();
  const service = new CorpusService({ ...options, now });

  const onIdle = (whenIdle: () => Promise<void>): void => {
    const { size } = service;
    const mostBytes = Math.max(options.mostBytes, size === undefined ? 0 : mostResidentBytes(size));
    const deviceBytes = service.device === 'cuda' ? DEVICE_BYTES : 0;
    const isTooLarge = process.memoryUsage.rss() > mostBytes + deviceBytes;
    if ((isTooLarge || service.hasLostDevice) && !service.isFilling) process.stdout.end(() => process.exit(EXIT_GROWN));
    else void rest(whenIdle);
  };

  /** Uses the time in which nobody asks; whoever does goes first. */
  let isResting = false;
  const rest = async (whenIdle: () => Promise<void>): Promise<void> => {
    if (isResting) return;
    isResting = true;
    const pause = async (): Promise<void> => {
      await new Promise<void>(resolve => setImmediate(resolve));
      await whenIdle();
    };
    try {
      while (await service.doSome(pause)) await pause();
    } catch (error: unknown) {
      console.error(error); // searches go on without the 8-bit copy
    } finally {
      isResting = false;
    }
  };

  serveRequests({
    opened: service.open(options.isNew, options.wanted),
    call: ({ method, params, arrays, control }) => service.call(method, params, arrays, control),
    onIdle,
    now
  });
}
