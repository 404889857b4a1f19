/** How a process of a corpus or a budget is asked: frames in on stdin, frames out on stdout, one request at a time, words about it at any. */
import { type Arrays, readArrays } from './arrays.js';
import { Control } from './control.js';
import { encodeFrame, type Frame, FrameReader } from './frame.js';
import { type Answer, answerFrame, errorFrame, readMessage, type Request } from './message.js';
import { isRuntimeError } from './runtime-error.js';

interface Queued {
  readonly request: Request;
  readonly frame: Frame;
  readonly control: Control;
  readonly arrivedMs: number;
}

/** What a request asks for, and how to speak while it is worked on. */
export interface Asked {
  readonly method: string;
  readonly params: Request['params'];
  readonly arrays: Arrays;
  readonly control: Control;
  /** In the time of `now`. */
  readonly arrivedMs: number;
  /** Tells how far it is; an answer still follows. */
  readonly report: (progress: object) => void;
}

export interface Service {
  /** Requests wait for it; where it rejects, they end with that. */
  readonly opened: Promise<void>;
  readonly call: (asked: Asked) => Promise<Answer>;
  /** Nobody waits any more, until the next request comes. */
  readonly onIdle?: (whenIdle: () => Promise<void>) => void;
  readonly now: () => number;
}

/** Serves until the runtime is gone, which ends the process. */
export function serveRequests({ opened, call, onIdle, now }: Service): void {
  opened.catch(() => undefined); // whoever asks for something hears of it
  const waiting: Queued[] = [];
  let running: Queued | undefined;
  let whenIdle = Promise.resolve();
  const send = (pieces: readonly Uint8Array[]): void => pieces.forEach(piece => process.stdout.write(piece));

  const take = (frame: Frame): void => {
    const message = readMessage(frame);
    if ('word' in message) {
      const meant = [running, ...waiting].find(each => each?.request.id === message.id);
      return meant?.control[message.word]();
    }
    const arrivedMs = now();
    const deadline = message.deadlineMs === undefined ? undefined : arrivedMs + message.deadlineMs;
    waiting.push({ request: message, frame, control: new Control(deadline, now), arrivedMs });
    if (running === undefined) whenIdle = work();
  };

  const work = async (): Promise<void> => {
    for (running = waiting.shift(); running !== undefined; running = waiting.shift()) {
      const { request, frame, control, arrivedMs } = running;
      const { id, method, params } = request;
      try {
        await opened;
        control.check();
        send(encodeFrame({ started: id }));
        const arrays = readArrays(frame.header['arrays'], frame.body);
        const report = (progress: object): void => send(encodeFrame({ id, progress }));
        send(answerFrame(id, await call({ method, params, arrays, control, arrivedMs, report })));
      } catch (error: unknown) {
        if (!isRuntimeError(error)) console.error(error);
        send(errorFrame(id, error));
      }
    }
    onIdle?.(() => whenIdle);
  };

  const reader = new FrameReader();
  process.stdin.on('data', (piece: Buffer) => reader.push(piece).forEach(take));
  process.stdin.on('end', () => process.exit(0)); // the runtime is gone
}
