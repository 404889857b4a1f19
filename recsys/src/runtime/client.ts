/** One connection to the runtime: how to send to it, and what it waits for. */
import type { Held } from './holdings.js';

/** Sends to one client. */
export type Send = (pieces: readonly Uint8Array[]) => void;

export class Client {
  /** The client's request → the runtime's own number of it. */
  readonly running = new Map<number, { inner: number; held: Held }>();
  isGone = false;
  constructor(readonly send: Send) {}
}
