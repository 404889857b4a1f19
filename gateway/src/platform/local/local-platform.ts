/**
 * The platform on this machine: its processors and GPUs, local Python environments, kernels and runs. It puts the parts
 * together: who holds what is told to those who hand out, and what changes anywhere is told to all that listen.
 */
import type { AgentSays, JudgeSays } from '@berth/operator/plan';
import type { BundleLimits } from '../../bundle/index.js';
import { PlatformError } from '../../contract/index.js';
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
  LogPage,
  LogQuery,
  Offer,
  PlatformChange,
  RunSubmission,
  RunView,
  Usage,
  UsageQuery,
  Verdict
} from '../../contract/index.js';
import { makePrivateFolder } from '../../store/index.js';
import type { Actor, Platform } from '../platform.js';
import { waitingKernels } from './activity/waiting-kernels.js';
import { ChangeFeed } from './change-feed.js';
import { LocalRuns } from './local-runs.js';
import type {
  ComputeClaim,
  PlatformActivity,
  PlatformCompute,
  PlatformEnvironments,
  PlatformKernels,
  PlatformLog
} from './ports.js';
import { inheritedVariables } from './run-variables.js';

export interface LocalPlatformOptions {
  /** Private to this platform; one gateway uses it at a time. */
  readonly dataFolder: string;
  /** The Python package `berth_launcher`. */
  readonly launcherFolder: string;
  /** An interpreter for cleaning up after launchers; any from 3.10 on. */
  readonly pythonPath: string;
  /** This and the next three stay the caller's: they are not closed with the platform. */
  readonly environments: PlatformEnvironments;
  readonly compute: PlatformCompute;
  readonly kernels: PlatformKernels;
  readonly activity: PlatformActivity;
  /** The variables of this process; what runs inherit is chosen from them. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly log: PlatformLog;
  readonly bundleLimits?: BundleLimits;
  readonly clock?: () => Date;
  readonly randomSuffix?: () => string;
}

export class LocalPlatform implements Platform {
  private readonly feed: ChangeFeed;
  private readonly localRuns: LocalRuns;
  private readonly stopListening: readonly (() => void)[];
  private isClosed = false;

  /** Opens the data folder, takes up the runs in it that live, and finishes those that have ended meanwhile. */
  static async open(options: LocalPlatformOptions): Promise<LocalPlatform> {
    await makePrivateFolder(options.dataFolder);
    const platform = new LocalPlatform(options);
    await platform.start();
    return platform;
  }

  private constructor(private readonly options: LocalPlatformOptions) {
    const { dataFolder, environments, compute, kernels, log, bundleLimits, randomSuffix } = options;
    const clock = options.clock ?? (() => new Date());
    const feed = new ChangeFeed(clock, log);
    const launcher = {
      launcherFolder: options.launcherFolder,
      fallbackPython: options.pythonPath,
      variables: inheritedVariables(options.variables)
    };
    this.feed = feed;
    this.localRuns = new LocalRuns({
      ...{ dataFolder, launcher, environments, compute, feed, log, clock, bundleLimits, randomSuffix },
      others: () => kernels.claims(),
      onLook: () => this.offersMayHaveChanged()
    });
    this.stopListening = this.listen();
  }

  async offers(_actor: Actor): Promise<Offer[]> {
    this.options.compute.look();
    return this.offersNow();
  }

  async verdict(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<Verdict> {
    this.options.compute.look();
    return this.localRuns.verdict(actor, submission, signal);
  }

  async usage(_actor: Actor, query: UsageQuery): Promise<Usage> {
    return this.options.compute.usage(query, this.claims());
  }

  async environments(_actor: Actor): Promise<Environment[]> {
    return this.options.environments.list();
  }

  async environment(_actor: Actor, name: string): Promise<EnvironmentDetail> {
    return this.options.environments.detail(name);
  }

  async createEnvironment(actor: Actor, request: EnvironmentRequest): Promise<Environment> {
    this.requireOpen();
    return this.options.environments.define(request, actor.rootFolder);
  }

  async makeEnvironment(_actor: Actor, name: string): Promise<Environment> {
    this.requireOpen();
    return this.options.environments.create(name);
  }

  /** Also cancels the runs that wait for it: they would have it made again at once. */
  async cancelEnvironment(actor: Actor, name: string): Promise<Environment> {
    await Promise.all(this.localRuns.waitingFor(name).map(id => this.cancel(actor, id)));
    return this.options.environments.cancel(name);
  }

  async repairEnvironment(_actor: Actor, name: string): Promise<Environment> {
    this.requireOpen();
    return this.options.environments.repair(name);
  }

  async deleteEnvironment(_actor: Actor, name: string): Promise<void> {
    this.requireOpen();
    await this.options.environments.remove(name);
  }

  async inspectLock(_actor: Actor, text: string): Promise<LockView> {
    return this.options.environments.inspect(text);
  }

  async garbage(_actor: Actor): Promise<Garbage> {
    return this.options.environments.garbage();
  }

  async collectGarbage(_actor: Actor): Promise<Garbage> {
    this.requireOpen();
    return this.options.environments.collect();
  }

  async kernels(_actor: Actor): Promise<KernelView[]> {
    return this.options.kernels.list();
  }

  async kernelVerdict(actor: Actor, request: KernelRequest): Promise<Verdict> {
    this.options.compute.look();
    return this.options.kernels.verdict(actor, request);
  }

  async claimKernel(actor: Actor, request: KernelRequest): Promise<KernelView> {
    this.requireOpen();
    return this.options.kernels.claim(actor, request);
  }

  async releaseKernel(_actor: Actor, id: string): Promise<void> {
    await this.options.kernels.release(id);
  }

  async launchKernel(actor: Actor, launch: KernelLaunch): Promise<KernelLaunchPlan> {
    this.requireOpen();
    return this.options.kernels.launch(actor, launch);
  }

  async kernelStarted(_actor: Actor, id: string, pid: number): Promise<void> {
    await this.options.kernels.started(id, pid);
  }

  async kernelEnded(_actor: Actor, id: string): Promise<void> {
    await this.options.kernels.ended(id);
  }

  /** Whom a kernel keeps waiting is known here; whose message it is does not matter: this machine is one person's. */
  async judgeActivity(_actor: Actor, says: AgentSays): Promise<JudgeSays> {
    this.requireOpen();
    const claims = this.claims();
    const waiting = waitingKernels(claims, this.options.compute.capacities(claims));
    return this.options.activity.judge(says, waiting);
  }

  async submit(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<RunView> {
    this.requireOpen();
    return this.localRuns.submit(actor, submission, signal);
  }

  async runs(_actor: Actor): Promise<RunView[]> {
    return this.localRuns.list();
  }

  async run(_actor: Actor, id: string): Promise<RunView> {
    return this.localRuns.get(id);
  }

  async cancel(_actor: Actor, id: string): Promise<RunView> {
    this.requireOpen();
    return this.localRuns.cancel(id);
  }

  async retry(_actor: Actor, id: string): Promise<RunView> {
    this.requireOpen();
    return this.localRuns.retry(id);
  }

  async delete(_actor: Actor, id: string): Promise<void> {
    this.requireOpen();
    await this.localRuns.remove(id);
  }

  async logs(_actor: Actor, id: string, query: LogQuery): Promise<LogPage> {
    return this.localRuns.logs(id, query);
  }

  async *logText(_actor: Actor, id: string, query: Pick<LogQuery, 'rank' | 'attempt'>): AsyncGenerator<string> {
    yield* this.localRuns.logText(id, query);
  }

  onChange(listener: (change: PlatformChange) => void): () => void {
    return this.feed.listen(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const stop of this.stopListening) stop();
    await this.localRuns.close();
  }

  private async start(): Promise<void> {
    const { environments, kernels } = this.options;
    await this.localRuns.load();
    this.feed.offersAre(this.offersNow(), true);
    environments.usedBy(() => this.uses());
    kernels.besides(() => this.localRuns.claims()); // only now it is known what runs hold
    await this.localRuns.start();
  }

  private listen(): (() => void)[] {
    const { environments, compute, kernels } = this.options;
    return [
      environments.onChange(environment => {
        this.feed.tell({ type: 'environment', environment });
        this.localRuns.nudge();
      }),
      environments.onDeleted(name => this.feed.tell({ type: 'environment-deleted', name })),
      kernels.onChange(change => {
        this.feed.tell(change);
        this.feed.offersAre(this.offersNow());
        this.localRuns.nudge();
      }),
      compute.onChange(() => {
        this.offersMayHaveChanged();
        this.localRuns.nudge();
      })
    ];
  }

  /** Whoever waits may have what somebody has let go. */
  private offersMayHaveChanged(): void {
    if (this.feed.offersAre(this.offersNow())) this.options.kernels.nudge();
  }

  private claims(): ComputeClaim[] {
    return [...this.localRuns.claims(), ...this.options.kernels.claims()];
  }

  private offersNow(): Offer[] {
    return this.options.compute.offers(this.claims());
  }

  private uses(): ReadonlyMap<string, readonly EnvironmentUse[]> {
    const runs = this.localRuns.users().map(user => ({ ...user, kind: 'run' as const }));
    const kernels = this.options.kernels.list().map(kernel => ({ ...kernel, kind: 'kernel' as const }));
    const uses = new Map<string, EnvironmentUse[]>();
    for (const { kind, id, name, environment } of [...runs, ...kernels]) {
      uses.set(environment, [...(uses.get(environment) ?? []), { kind, id, name }]);
    }
    return uses;
  }

  private requireOpen(): void {
    if (this.isClosed) throw new PlatformError('shutting-down', 'The gateway is going down; try again in a moment.');
  }
}
