/** What the local platform needs from its neighbours, in the few methods that it uses. */
import type { AgentSays, Capacity, JudgeSays, QueueEntry } from '@berth/operator/plan';
import type {
  Environment,
  EnvironmentDetail,
  EnvironmentRequest,
  EnvironmentUse,
  Garbage,
  KernelLaunch,
  KernelLaunchPlan,
  KernelRequest,
  KernelView,
  LockView,
  Offer,
  Usage,
  UsageQuery,
  Verdict
} from '../../contract/index.js';
import type { Actor } from '../platform.js';

/** Named Python environments, as runs and kernels need them (`environments/`). */
export interface RunEnvironments {
  list(): Promise<Environment[]>;
  /** @throws PlatformError `not-found`, naming those that there are. */
  get(name: string): Promise<Environment>;
  /** Begins to make it unless it is there; returns at once. */
  create(name: string): Promise<Environment>;
  cancel(name: string): Promise<Environment>;
  /**
   * The interpreter of an environment that is ready, for something that starts now: it counts as used from here on.
   * @throws PlatformError `not-found`; `conflict` when it is not ready
   */
  python(name: string): Promise<string>;
  onChange(listener: (environment: Environment) => void): () => void;
}

/** All that can be done with environments. */
export interface PlatformEnvironments extends RunEnvironments {
  detail(name: string): Promise<EnvironmentDetail>;
  /** Defines it and begins to make it; paths of notebooks are relative to `rootFolder`. */
  define(request: EnvironmentRequest, rootFolder: string): Promise<Environment>;
  repair(name: string): Promise<Environment>;
  /** @throws PlatformError `conflict` naming who uses it */
  remove(name: string): Promise<void>;
  inspect(lock: string): Promise<LockView>;
  garbage(): Promise<Garbage>;
  collect(): Promise<Garbage>;
  /** How a kernel is started in it, with `{connection_file}` to be filled in; the interpreter comes first. */
  kernelArgv(name: string): Promise<string[]>;
  /** Whom to ask who uses environments, by name: called once, by the platform. */
  usedBy(uses: () => ReadonlyMap<string, readonly EnvironmentUse[]>): void;
  onDeleted(listener: (name: string) => void): () => void;
}

/** Anything that holds or waits for compute: a run or a kernel, as the queue and the offers see it. */
export interface ComputeClaim extends QueueEntry {
  readonly kind: 'run' | 'kernel';
  /** For people. */
  readonly name: string;
  readonly sinceMs: number;
  /** Ids of the devices that it was given. */
  readonly devices: readonly string[];
  /** Its processes and all that they start are its usage. */
  readonly pids: readonly number[];
  /** Jupyter's id of a kernel that was started; null or absent: there is none. */
  readonly kernelId?: string | null;
  /** Id of the claim whose devices this one takes over. */
  readonly heirOf?: string | null;
}

/** The processors and GPUs of this machine (`compute/`). */
export interface PlatformCompute {
  /** For the queue, with what strangers keep busy: those who hold or wait are needed to tell them from strangers. */
  capacities(claims: readonly ComputeClaim[]): Capacity[];
  offers(claims: readonly ComputeClaim[]): Offer[];
  /** Looks at the devices anew, soon: somebody is about to read what they are like. Changes come by `onChange`. */
  look(): void;
  /**
   * The devices for a claim that the queue has admitted: free ones, those without strangers first; empty for `cpu`.
   * Undefined when there are not enough just now, as when a stranger came first.
   */
  pickDevices(offer: string, slots: number, claims: readonly ComputeClaim[]): string[] | undefined;
  /**
   * What a process must find in its environment: CUDA_VISIBLE_DEVICES by id (empty without devices), and for `cpu` how
   * many threads the numerical libraries may use.
   */
  variables(offer: string, devices: readonly string[], threads?: number): Record<string, string>;
  usage(query: UsageQuery, claims: readonly ComputeClaim[]): Promise<Usage>;
  /** Called when devices come, go, or are taken by strangers. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Notebook kernels and what they hold (`kernels/`). */
export interface PlatformKernels {
  list(): KernelView[];
  claims(): ComputeClaim[];
  verdict(actor: Actor, request: KernelRequest): Promise<Verdict>;
  claim(actor: Actor, request: KernelRequest): Promise<KernelView>;
  release(id: string): Promise<void>;
  launch(actor: Actor, launch: KernelLaunch): Promise<KernelLaunchPlan>;
  started(id: string, pid: number): Promise<void>;
  ended(id: string): Promise<void>;
  /** Whom to ask what runs hold: called once, by the platform. */
  besides(runs: () => readonly ComputeClaim[]): void;
  /** Looks whether somebody who waits can have compute now: something may have become free. */
  nudge(): void;
  onChange(listener: (change: KernelChange) => void): () => void;
  close(): Promise<void>;
}

/** Judges which kernels are idle, and has them released (`activity/`). */
export interface PlatformActivity {
  /**
   * @param waiting Jupyter's ids of the kernels that hold what somebody waits for
   * @throws PlatformError `invalid-input` when the agent contradicts itself
   */
  judge(says: AgentSays, waiting: ReadonlySet<string>): Promise<JudgeSays>;
}

export type KernelChange =
  | { readonly type: 'kernel'; readonly kernel: KernelView }
  | { readonly type: 'kernel-deleted'; readonly id: string; readonly reason: string };

/** Where the platform says what heals itself (`warn`) and what does not (`error`). */
export interface PlatformLog {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
