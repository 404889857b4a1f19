/** A process of one corpus: frames in on stdin, frames out on stdout, one request at a time, `cancel` at any. */
import { readArrays } from '../arrays.js';
import { EXIT_GROWN } from '../corpus-child.js';
import { Control } from '../control.js';
import type { Compute } from '../create-request.js';
import { mostResidentBytes } from '../estimate-memory.js';
import { encodeFrame, type Frame, FrameReader } from '../frame.js';
import { answerFrame, errorFrame, readMessage, type Request } from '../message.js';
import { isRuntimeError } from '../runtime-error.js';
import { CorpusService } from './corpus-service.js';

interface Queued {
  readonly request: Request;
  readonly frame: Frame;
  readonly control: Control;
}

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

export async function runCorpusProcess(options: CorpusProcessOptions): Promise<void> {
  const now = (): number => performance.now();
  const service = new CorpusService({ ...options, now });
  const opened = service.open(options.isNew, options.wanted);
  opened.catch(() => undefined); // whoever asks for something hears of it
  const waiting: Queued[] = [];
  let running: Queued | undefined;
  const send = (pieces: readonly Uint8Array[]): void => pieces.forEach(piece => process.stdout.write(piece));

  const take = (frame: Frame): void => {
    const message = readMessage(frame);
    if ('cancel' in message) {
      const meant = [running, ...waiting].find(each => each?.request.id === message.cancel);
      return meant?.control.cancel();
    }
    const deadline = message.deadlineMs === undefined ? undefined : now() + message.deadlineMs;
    waiting.push({ request: message, frame, control: new Control(deadline, now) });
    if (running === undefined) whenIdle = work();
  };

  let whenIdle = Promise.resolve();
  const work = async (): Promise<void> => {
    for (running = waiting.shift(); running !== undefined; running = waiting.shift()) {
      const { request, frame, control } = running;
      try {
        await opened;
        control.check();
        send(encodeFrame({ started: request.id }));
        const arrays = readArrays(frame.header['arrays'], frame.body);
        send(answerFrame(request.id, await service.call(request.method, request.params, arrays, control)));
      } catch (error: unknown) {
        if (!isRuntimeError(error)) console.error(error);
        send(errorFrame(request.id, error));
      }
    }
    const { size } = service;
    const mostBytes = Math.max(options.mostBytes, size === undefined ? 0 : mostResidentBytes(size));
    const deviceBytes = service.device === 'cuda' ? DEVICE_BYTES : 0;
    const isTooLarge = process.memoryUsage.rss() > mostBytes + deviceBytes;
    if ((isTooLarge || service.hasLostDevice) && !service.isFilling) process.stdout.end(() => process.exit(EXIT_GROWN));
    else void rest();
  };

  /** Uses the time in which nobody asks; whoever does goes first. */
  let isResting = false;
  const rest = async (): Promise<void> => {
    if (isResting) return;
    isResting = true;
    const pause = async (): Promise<void> => {
      await new Promise<void>(resolve => setImmediate(resolve));
      await whenIdle;
    };
    try {
      while (await service.doSome(pause)) await pause();
    } catch (error: unknown) {
      console.error(error); // searches go on without the 8-bit copy
    } finally {
      isResting = false;
    }
  };

  const reader = new FrameReader();
  process.stdin.on('data', (piece: Buffer) => reader.push(piece).forEach(take));
  process.stdin.on('end', () => process.exit(0)); // the runtime is gone
}
