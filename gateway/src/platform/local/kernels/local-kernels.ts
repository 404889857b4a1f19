/**
 * The notebook kernels of this machine: who waits for compute, for whom it is kept, and who runs on it. Their processes
 * belong to Jupyter servers; here it is only known what they hold, also by the next gateway after any end of this one.
 */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { isAbsolute } from 'node:path';
import { capacityOf } from '@berth/operator/plan';
import { PlatformError } from '../../../contract/index.js';
import type {
  Environment,
  KernelLaunch,
  KernelLaunchPlan,
  KernelRequest,
  KernelView,
  Verdict
} from '../../../contract/index.js';
import type { Actor } from '../../platform.js';
import type {
  ComputeClaim,
  KernelChange,
  PlatformCompute,
  PlatformEnvironments,
  PlatformKernels,
  PlatformLog
} from '../ports.js';
import { identityOf } from '../process-identity.js';
import { runId } from '../run-names.js';
import { submissionError } from '../verdict-view.js';
import { CPU, formerOf, inheritedDevices, isHeir, kernelClaims } from './kernel-claims.js';
import { BLANK_RECORD } from './kernel-record.js';
import type { KernelRecord, TrackedKernel } from './kernel-record.js';
import {
  checkKernel,
  claimFindings,
  environmentProblem,
  isSameRequest,
  kernelVerdictView,
  placeInLine
} from './kernel-request.js';
import type { KernelSight } from './kernel-request.js';
import { KernelShelf } from './kernel-shelf.js';
import { KernelStore } from './kernel-store.js';
import { kernelName } from './kernel-view.js';
import { KernelWatch } from './kernel-watch.js';
import { launchPlan } from './launch-plan.js';
import { notebookFile, notebookPath } from './notebook-file.js';

const SUFFIX_LENGTH = 5;

export interface LocalKernelsOptions {
  /** Private to these kernels; one gateway uses it at a time. */
  readonly folder: string;
  readonly environments: Pick<PlatformEnvironments, 'get' | 'python' | 'kernelArgv'>;
  readonly compute: PlatformCompute;
  readonly log: PlatformLog;
  readonly clock: () => Date;
  /** Default: the name of this machine. */
  readonly host?: string;
}

/** A kernel that a person asks for, as records know it. */
type Asked = Pick<KernelRecord, 'offer' | 'file' | 'kernelId' | 'count'>;

export class LocalKernels implements PlatformKernels {
  private readonly host: string;

  /** Takes up the kernels that a former gateway has left. */
  static async open(options: LocalKernelsOptions): Promise<LocalKernels> {
    const { compute, log, clock } = options;
    const shelf = new KernelShelf(new KernelStore(options.folder, log), log);
    const kernels = new LocalKernels(options, shelf, new KernelWatch({ shelf, compute, log, clock }));
    await shelf.load(kernels.host);
    kernels.nudge();
    return kernels;
  }

  private constructor(
    private readonly options: LocalKernelsOptions,
    private readonly shelf: KernelShelf,
    private readonly watch: KernelWatch
  ) {
    this.host = options.host ?? hostname();
  }

  list(): KernelView[] {
    return this.watch.views();
  }

  claims(): ComputeClaim[] {
    return kernelClaims(this.shelf.all());
  }

  async verdict(actor: Actor, request: KernelRequest): Promise<Verdict> {
    const asked = await askedBy(actor, request);
    const sight = this.sight(asked, this.claimOf(asked.file));
    return kernelVerdictView(request, await checkKernel(this.options.environments, request, sight), sight);
  }

  async claim(actor: Actor, request: KernelRequest): Promise<KernelView> {
    const asked = await askedBy(actor, request);
    const id = await this.watch.turn(async () => (await this.claimNow(asked, request)).record.id);
    return this.viewOf(id);
  }

  async release(id: string): Promise<void> {
    await this.watch.turn(async () => {
      const { record } = this.require(id);
      if (record.launchedAtMs !== null) {
        throw new PlatformError('conflict', `The kernel of ${kernelName(record)} runs; shut it down instead.`);
      }
      await this.shelf.remove(id, '');
    });
  }

  async launch(actor: Actor, launch: KernelLaunch): Promise<KernelLaunchPlan> {
    const { environments, compute } = this.options;
    const environment = await this.readyEnvironment(launch.environment);
    const argv = await environments.kernelArgv(launch.environment);
    await environments.python(launch.environment); // it counts as used from here on
    const { notebook } = launch;
    const file = notebook === null || !isAbsolute(notebook) ? null : await notebookFile('/', notebook);
    const path = file === null ? '' : await notebookPath(actor.rootFolder, file);
    const { record } = await this.watch.turn(() => this.take(launch, environment.lockHash, file, path));
    const { offer, devices, threads } = record;
    return launchPlan(record, environment, argv, compute.variables(offer, devices, threads ?? undefined));
  }

  async started(id: string, pid: number): Promise<void> {
    const identity = (await identityOf(pid)) ?? 'gone'; // it has ended already: the next look finds that
    await this.watch.turn(async () => {
      const kernel = this.requireLaunched(id);
      kernel.goneSinceMs = undefined;
      this.shelf.update(kernel, { process: { pid, identity } });
    });
  }

  async ended(id: string): Promise<void> {
    await this.watch.turn(async () => this.shelf.update(this.requireLaunched(id), { ended: true }));
  }

  besides(runs: () => readonly ComputeClaim[]): void {
    this.watch.besides(runs);
  }

  nudge(): void {
    this.watch.nudge();
  }

  onChange(listener: (change: KernelChange) => void): () => void {
    return this.shelf.listen(listener);
  }

  /** Stops watching. What runs goes on, and keeps what it holds. */
  async close(): Promise<void> {
    await this.watch.close();
  }

  /** Asking the same again changes nothing; asking for something else of the same offer keeps the place in line. */
  private async claimNow(asked: Asked, request: KernelRequest): Promise<TrackedKernel> {
    const before = this.claimOf(asked.file);
    if (before !== undefined && isSameRequest(before.record, request)) {
      this.shelf.update(before, { kernelId: asked.kernelId ?? before.record.kernelId });
      return before;
    }
    const checked = await checkKernel(this.options.environments, request, this.sight(asked, before));
    const findings = claimFindings(checked);
    if (findings.length > 0) throw submissionError(findings);
    const kernel = await this.shelf.add(this.recordFor(asked, request, before));
    if (before !== undefined) await this.shelf.remove(before.record.id, '');
    return kernel;
  }

  /** The record under which a kernel starts: what is kept for it, what it had before, or a share of the processors. */
  private async take(
    { kernelId, environment, restart }: KernelLaunch,
    lockHash: string,
    file: string | null,
    notebook: string
  ): Promise<TrackedKernel> {
    const all = this.shelf.all();
    const held = all.filter(({ record }) => record.launchedAtMs !== null && record.kernelId === kernelId);
    const ready = all.filter(
      ({ record }) => record.launchedAtMs === null && record.readyAtMs !== null && record.environment === environment
    );
    const kept =
      ready.find(({ record }) => record.kernelId === kernelId) ??
      ready.find(({ record }) => file !== null && record.file === file);
    // one that another has taken over from has nothing left to be restarted on
    const own = held.find(({ record }) => !all.some(other => isHeir(other.record, record)));
    const taken = kept ?? (restart ? own : undefined);
    // one id has one process: whatever else is on record for it is over
    for (const other of held) if (other !== taken) this.shelf.update(other, { ended: true });
    const launched = { launchedAtMs: this.nowMs(), kernelId, environment, lockHash, process: null, ended: false };
    if (taken === undefined) {
      const readyAtMs = launched.launchedAtMs;
      return this.shelf.addAnyway(this.newRecord({ ...launched, file, notebook, readyAtMs, count: this.cores() }));
    }
    taken.goneSinceMs = undefined;
    this.shelf.update(taken, launched);
    return taken;
  }

  private recordFor(asked: Asked, request: KernelRequest, before: TrackedKernel | undefined): KernelRecord {
    const { notebook, environment } = request;
    return this.newRecord({
      notebook,
      environment,
      ...asked,
      claimedAtMs: placeInLine(before?.record, request) ?? this.nowMs(),
      threads: asked.offer === CPU ? asked.count : null,
      heirOf: this.formerOf(asked, before)?.id ?? null
    });
  }

  private newRecord(known: Partial<KernelRecord> & Pick<KernelRecord, 'notebook' | 'environment'>): KernelRecord {
    const own = { version: 1, id: this.newId(known), host: this.host, offer: CPU, claimedAtMs: this.nowMs() } as const;
    return { ...BLANK_RECORD, ...own, ...known };
  }

  private newId(notebook: Pick<KernelRecord, 'notebook'>): string {
    const suffix = randomInt(36 ** SUFFIX_LENGTH)
      .toString(36)
      .padStart(SUFFIX_LENGTH, '0');
    const id = runId(kernelName(notebook), suffix);
    return this.shelf.find(id) === undefined ? id : this.newId(notebook);
  }

  private sight(asked: Asked, before: TrackedKernel | undefined): KernelSight {
    const { compute } = this.options;
    const entries = this.watch.claims(before);
    const former = this.formerOf(asked, before);
    const inherited = former === undefined ? [] : inheritedDevices({ ...asked, heirOf: former.id }, [former]);
    const more = Math.max(0, asked.count - inherited.length);
    const picked = compute.pickDevices(asked.offer, more, entries) ?? [];
    return { capacities: compute.capacities(entries), entries, inherited, picked, offers: compute.offers(entries) };
  }

  private formerOf(asked: Asked, before: TrackedKernel | undefined): KernelRecord | undefined {
    return formerOf(
      asked,
      this.shelf.records().filter(record => record !== before?.record)
    );
  }

  /** What the notebook waits for, or what is kept for it. */
  private claimOf(file: string | null): TrackedKernel | undefined {
    return this.shelf.all().find(({ record }) => record.launchedAtMs === null && record.file === file);
  }

  private async readyEnvironment(name: string): Promise<Environment> {
    const environment = await this.options.environments.get(name);
    const problem = environmentProblem(environment);
    if (problem !== undefined) throw new PlatformError('conflict', problem);
    return environment;
  }

  private viewOf(id: string): KernelView {
    const view = this.list().find(kernel => kernel.id === id);
    if (view === undefined)
      throw new PlatformError('not-found', `There is no kernel ${id}; it was given up meanwhile.`);
    return view;
  }

  private require(id: string): TrackedKernel {
    const kernel = this.shelf.find(id);
    if (kernel === undefined) throw new PlatformError('not-found', `There is no kernel ${id}.`);
    return kernel;
  }

  private requireLaunched(id: string): TrackedKernel {
    const kernel = this.require(id);
    if (kernel.record.launchedAtMs !== null) return kernel;
    throw new PlatformError('conflict', `The kernel ${id} has not been launched yet.`);
  }

  /** What a kernel uses that nobody has limited. */
  private cores(): number {
    return capacityOf(CPU, this.options.compute.capacities(this.watch.claims())).slots;
  }

  private nowMs(): number {
    return this.options.clock().getTime();
  }
}

async function askedBy({ rootFolder }: Actor, { notebook, offer, count, kernelId }: KernelRequest): Promise<Asked> {
  return { file: await notebookFile(rootFolder, notebook), offer, count, kernelId: kernelId ?? null };
}
