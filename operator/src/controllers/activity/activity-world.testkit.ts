/**
 * A workspace that runs, its agent, and an operator that looks after its activity, in a time that a test moves. The API server is what the
 * caches hold: it checks versions and merges fields as the real one does.
 */
import { randomBytes } from 'node:crypto';
import { type ComputeClass, type Workspace, WorkspaceStatus } from '../../api/index.js';
import type { PolicyPart } from '../../plan/activity/index.js';
import { ApiError, isApiError } from '../../runtime/api-error.js';
import type { EventWish } from '../../runtime/events.js';
import { FakeClock } from '../../runtime/fake-clock.testkit.js';
import { keptLog } from '../../runtime/kept.testkit.js';
import { createMetrics } from '../../runtime/metrics.js';
import type { ApiObject } from '../../runtime/resource.js';
import type { Pod } from '../core-objects.js';
import { podOf } from '../workspace/children.js';
import { cachesOf, IMAGE, makeClass, makeWorkspace, served, SETTINGS } from '../workspace/served.testkit.js';
import { conditionOfType } from '../workspace/status-of.js';
import { createNamespaceCache, TEAM_POLICY_ANNOTATION } from './activity-caches.js';
import { ActivityLedger } from './activity-ledger.js';
import { createActivityMetrics } from './activity-metrics.js';
import { ActivityReconciler } from './activity-reconciler.js';
import { ActivityWriter } from './activity-writer.js';
import { READ_EVERY_MS, TestAgent } from './agent.testkit.js';

export const KEY = 'team/a';
const BEGIN_MS = Date.UTC(2030, 0, 1);

/** Idle for a minute it is stopped, and that is said twenty seconds before. */
export const SHORT: PolicyPart = {
  kernel: { softSeconds: null, hardSeconds: null },
  workspace: { softSeconds: 30, hardSeconds: 60 },
  unknownMaxSeconds: 600,
  warnSeconds: 20,
  snooze: { stepSeconds: 60, budgetSeconds: 100, perSeconds: 3600 }
};

export interface WorldOptions {
  readonly policy?: PolicyPart;
  readonly spec?: Partial<Workspace['spec']>;
  readonly class?: ComputeClass['spec'];
  /** On its namespace. */
  readonly teamPolicy?: string;
}

export class ActivityWorld {
  /** Whole objects that were written, in order. */
  readonly written: Workspace[] = [];
  readonly events: Pick<EventWish, 'type' | 'reason' | 'message'>[] = [];
  readonly agent: TestAgent;
  /** Called before each write: what others do at that very moment. */
  beforeWrite: (change: object) => void = () => undefined;
  /** Whether this operator is the one that leads. */
  leads = true;
  readonly #time: { nowMs: number };
  readonly #options: WorldOptions;
  readonly #caches;
  #others: Workspace[] = [];
  #reconciler: ActivityReconciler;
  #metrics = createMetrics();
  #nextMs = 0;
  #version = 100;

  private constructor(agent: TestAgent, time: { nowMs: number }, options: WorldOptions) {
    this.agent = agent;
    this.#time = time;
    this.#options = options;
    const classes = options.class === undefined ? [] : [makeClass('gpu', options.class)];
    this.#caches = { ...cachesOf({ classes }), namespaces: createNamespaceCache() };
    const annotations = options.teamPolicy === undefined ? {} : { [TEAM_POLICY_ANNOTATION]: options.teamPolicy };
    const namespace = { metadata: { name: 'team', uid: 'n', resourceVersion: '1', annotations } };
    this.#caches.namespaces.replaceAll(this.#caches.namespaces.pack([namespace]), '1');
    this.#reconciler = this.#begin();
  }

  /** The caller calls `end`. */
  static async start(options: WorldOptions = {}): Promise<ActivityWorld> {
    const [b = 1, c = 1] = randomBytes(2);
    const time = { nowMs: BEGIN_MS };
    const agent = await TestAgent.start(`127.91.${b}.${Math.max(1, c)}`, () => time.nowMs);
    const world = new ActivityWorld(agent, time, options);
    world.runs('pod-1');
    return world;
  }

  end(): Promise<void> {
    return this.agent.end();
  }

  get nowMs(): number {
    return this.#time.nowMs;
  }

  get workspace(): Workspace {
    const workspace = this.#caches.workspaces.get(KEY);
    if (workspace === undefined) throw new Error('there is no workspace');
    return workspace;
  }

  /** The reason of the condition `Idle`. */
  get idle(): string | undefined {
    return conditionOfType(this.workspace.status, 'Idle')?.reason;
  }

  /** It runs in this pod, and JupyterLab has answered. */
  runs(podUid: string): void {
    const workspace = this.#caches.workspaces.get(KEY) ?? makeWorkspace(this.#options.spec);
    const choices = { image: IMAGE, compute: { cpu: '1', memory: '1Gi', extended: {}, problems: [] } };
    const pod = served<Pod>(podOf(workspace, choices, '', SETTINGS));
    const placed = {
      ...pod,
      metadata: { ...pod.metadata, uid: podUid },
      status: { ...pod.status, podIP: this.agent.host }
    };
    this.#caches.pods.replaceAll(this.#caches.pods.pack([placed]), String((this.#version += 1)));
    const startedAt = new Date(this.nowMs).toISOString();
    this.changes({ spec: { ...workspace.spec, running: true }, status: { ...workspace.status, podUid, startedAt } });
  }

  /** Somebody else writes something. */
  changes(change: Partial<Workspace>): void {
    const before = this.#caches.workspaces.get(KEY) ?? makeWorkspace(this.#options.spec);
    const resourceVersion = String((this.#version += 1));
    const now = { ...before, ...change, metadata: { ...before.metadata, resourceVersion } };
    this.#caches.workspaces.replaceAll(this.#caches.workspaces.pack([now, ...this.#others]), resourceVersion);
  }

  /** Somebody's workspace of the same class finds no node. */
  somebodyWaits(): void {
    const other = makeWorkspace({ compute: { class: 'gpu', cpu: '1', memory: '1Gi' } });
    const ready = {
      type: 'Ready',
      status: 'False',
      reason: 'Unschedulable',
      message: '',
      observedGeneration: 1
    } as const;
    const status = { conditions: [{ ...ready, lastTransitionTime: '2030-01-01T00:00:00Z' }] };
    this.#others = [{ ...other, metadata: { ...other.metadata, name: 'b', uid: 'b' }, status }];
    this.changes({});
  }

  /** Another operator begins: it knows what the API server has, and nothing else. */
  restart(): void {
    this.#reconciler = this.#begin();
    this.#nextMs = this.nowMs;
  }

  /** Lets time pass: the agent looks around, and the operator looks when it said it would. */
  async passes(seconds: number): Promise<void> {
    const untilMs = this.nowMs + seconds * 1000;
    while (this.nowMs < untilMs) {
      this.#time.nowMs += READ_EVERY_MS;
      this.agent.read();
      if (this.nowMs >= this.#nextMs) await this.look();
    }
  }

  /** A pass now; a conflict is tried again, as the runtime does. */
  async look(): Promise<void> {
    for (;;) {
      try {
        const { recheckAfterMs } = await this.#reconciler.reconcile(KEY, new AbortController().signal);
        this.#nextMs = this.nowMs + (recheckAfterMs ?? Infinity);
        return;
      } catch (error) {
        if (!isApiError(error, 409)) throw error;
      }
    }
  }

  async metric(name: string): Promise<string[]> {
    const lines = (await this.#metrics.registry.metrics()).split('\n');
    return lines.filter(line => line.startsWith(`berth_operator_${name}`));
  }

  #begin(): ActivityReconciler {
    this.#metrics = createMetrics();
    const ledger = new ActivityLedger(() => undefined);
    const client = { apply: this.#apply, merge: this.#merge } as never;
    const record = async ({ type, reason, message }: EventWish): Promise<void> => {
      this.events.push({ type, reason, message });
    };
    // Monotonic time goes with the date here, and deadlines of exchanges do not end by themselves.
    const clock = Object.assign(new FakeClock(), { now: () => this.nowMs });
    return new ActivityReconciler({
      caches: this.#caches,
      writer: new ActivityWriter({ client, events: { record } }),
      ledger,
      metrics: createActivityMetrics(this.#metrics.registry, ledger),
      agentKey: SETTINGS.agentKey,
      policy: this.#options.policy ?? SHORT,
      clock,
      nowMs: () => this.nowMs,
      random: () => 0,
      log: keptLog().log,
      guard: () => {
        if (!this.leads) throw new Error('this process does not lead');
      }
    });
  }

  #apply = async (_: unknown, applied: ApiObject & Pick<Workspace, 'status'>): Promise<Workspace> => {
    const { activity: _activity, conditions = [], ...others } = this.workspace.status ?? {};
    const theirs = conditions.filter(({ type }) => type !== 'Idle');
    const { conditions: ours = [], ...own } = applied.status ?? {};
    return this.#write(applied, { status: { ...others, ...own, conditions: [...theirs, ...ours] } });
  };

  #merge = async (_: unknown, metadata: ApiObject['metadata'], { spec }: { spec: object }): Promise<Workspace> => {
    return this.#write({ metadata }, { spec: { ...this.workspace.spec, ...spec } });
  };

  #write({ metadata }: ApiObject, change: Partial<Workspace>): Workspace {
    this.beforeWrite(change);
    if (metadata.resourceVersion !== this.workspace.metadata.resourceVersion) {
      throw new ApiError('the object has been modified', { status: 409, reason: 'Conflict' });
    }
    WorkspaceStatus.parse(change.status ?? {});
    this.changes(change);
    this.written.push(this.workspace);
    return this.workspace;
  }
}
