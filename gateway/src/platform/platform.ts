/**
 * The port between the API and whatever carries it out: this machine (`local`) or a cluster (`kubernetes`).
 * Both pass the one suite in `conformance.ts`. Failures that a caller can act on are `PlatformError`s.
 */
import type {
  Environment,
  LogPage,
  LogQuery,
  Offer,
  PlatformChange,
  RunSubmission,
  RunView,
  Verdict
} from '../contract/index.js';

/** Who asks, and from where: set by the Jupyter server that forwards the request, never by the browser. */
export interface Actor {
  readonly name: string;
  /** Absolute path of that server's root folder; paths in a submission are relative to it. */
  readonly rootFolder: string;
}

export interface Platform {
  offers(actor: Actor): Promise<Offer[]>;
  /** @param signal aborted when the client is gone: nobody waits for the answer any more. */
  verdict(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<Verdict>;
  environments(actor: Actor): Promise<Environment[]>;
  createEnvironment(actor: Actor, name: string): Promise<Environment>;
  cancelEnvironment(actor: Actor, name: string): Promise<Environment>;
  /** @param signal aborted when the client is gone: nothing half-made is left. */
  submit(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<RunView>;
  runs(actor: Actor): Promise<RunView[]>;
  run(actor: Actor, id: string): Promise<RunView>;
  cancel(actor: Actor, id: string): Promise<RunView>;
  retry(actor: Actor, id: string): Promise<RunView>;
  delete(actor: Actor, id: string): Promise<void>;
  logs(actor: Actor, id: string, query: LogQuery): Promise<LogPage>;
  /** One rank's whole log as text, in pieces; a failure comes with the first. */
  logText(actor: Actor, id: string, query: Pick<LogQuery, 'rank' | 'attempt'>): AsyncIterable<string>;
  /** Calls `listener` after every change, in order, until the returned function is called. */
  onChange(listener: (change: PlatformChange) => void): () => void;
  /** Stops watching and flushes its state. Runs go on. */
  close(): Promise<void>;
}
