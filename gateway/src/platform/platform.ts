/**
 * The port between the API and whatever carries it out: this machine (`local`) or a cluster (`kubernetes`).
 * Both pass the one suite in `conformance.ts`. Failures that a caller can act on are `PlatformError`s.
 */
import type { AgentSays, JudgeSays } from '@berth/operator/plan';
import type {
  Environment,
  EnvironmentDetail,
  EnvironmentRequest,
  Garbage,
  KernelLaunch,
  KernelLaunchPlan,
  KernelRequest,
  KernelView,
  LockView,
  LogPage,
  LogQuery,
  Offer,
  PlatformChange,
  RunSubmission,
  RunView,
  Usage,
  UsageQuery,
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
  usage(actor: Actor, query: UsageQuery): Promise<Usage>;
  environments(actor: Actor): Promise<Environment[]>;
  environment(actor: Actor, name: string): Promise<EnvironmentDetail>;
  /** Defines it and begins to make it. */
  createEnvironment(actor: Actor, request: EnvironmentRequest): Promise<Environment>;
  /** Begins to make one that is defined, unless it is there. */
  makeEnvironment(actor: Actor, name: string): Promise<Environment>;
  cancelEnvironment(actor: Actor, name: string): Promise<Environment>;
  repairEnvironment(actor: Actor, name: string): Promise<Environment>;
  deleteEnvironment(actor: Actor, name: string): Promise<void>;
  inspectLock(actor: Actor, text: string): Promise<LockView>;
  garbage(actor: Actor): Promise<Garbage>;
  collectGarbage(actor: Actor): Promise<Garbage>;
  kernels(actor: Actor): Promise<KernelView[]>;
  kernelVerdict(actor: Actor, request: KernelRequest): Promise<Verdict>;
  claimKernel(actor: Actor, request: KernelRequest): Promise<KernelView>;
  releaseKernel(actor: Actor, id: string): Promise<void>;
  /** For the Jupyter server, just before it starts the process of a kernel. */
  launchKernel(actor: Actor, launch: KernelLaunch): Promise<KernelLaunchPlan>;
  /** The process is there. */
  kernelStarted(actor: Actor, id: string, pid: number): Promise<void>;
  /** The process has ended and will not be started again: its compute is free. */
  kernelEnded(actor: Actor, id: string): Promise<void>;
  /** For the agent inside a Jupyter server: what it has seen, and what becomes of its idle kernels. */
  judgeActivity(actor: Actor, says: AgentSays): Promise<JudgeSays>;
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
