/**
 * One workspace in a small world: it carries out what is planned as an API server would, and kubelet, nodes and people act on
 * it as they do. What must never happen is checked where it would.
 */
import { expect } from '@jest/globals';
import { planWorkspace, type WorkspaceAction, type WorkspacePlan } from './plan-workspace.js';
import { refusedReport } from './refused-report.js';
import { IMAGE, NOW_MS } from './seen.testkit.js';
import type { Reported, SeenChild, SeenCondition, SeenHome, SeenPod, SeenWorkspace } from './seen-workspace.js';
import type { WorkspaceReport } from './workspace-report.js';

type PlainChild = 'serviceAccount' | 'networkPolicy' | 'service';
type Environment = 'lab' | 'other' | 'broken' | 'absent';
export type Wish = 'resume' | 'stop' | `choose ${Environment}`;
export type Hand =
  | 'delete account'
  | 'delete policy'
  | 'delete service'
  | 'delete token'
  | 'delete pod'
  | 'delete home'
  | 'change policy'
  | 'change home';
export type Fate =
  | 'kubelet works'
  | 'runs out of memory'
  | 'is busy'
  | 'fails'
  | 'is evicted'
  | 'node is lost'
  | 'node comes back'
  | 'node is removed'
  | 'quota is full'
  | 'quota has room';

const PLAIN = { 'service-account': 'serviceAccount', 'network-policy': 'networkPolicy', service: 'service' } as const;
const imageOf = (environment: Environment): string => IMAGE.replace('lab@', `${environment}@`);

export class ModelCluster {
  nowMs = NOW_MS;
  running = true;
  report: WorkspaceReport | undefined;
  pod: SeenPod | undefined;
  home: SeenHome | undefined;
  /** Homes that a person's own hand has deleted. */
  readonly homesDeletedByHand = new Set<string>();
  readonly homesMade: string[] = [];
  private environment: Environment = 'lab';
  private hasToken = false;
  private hasRoom = true;
  private nodeReports = true;
  private readonly children: Partial<Record<PlainChild, SeenChild>> = {};
  private reported: Reported = { conditions: [] };
  private versions = 0;

  observe(): SeenWorkspace {
    const { pod, home } = this;
    return structuredClone({
      name: 'a',
      owner: 'ada',
      running: this.running,
      deleting: false,
      environmentName: this.environment,
      environmentFrom: 'catalogue',
      ...(this.environment !== 'absent' && { image: imageOf(this.environment) }),
      ...this.children,
      ...(home && { home }),
      ...(pod && { pod: this.podNow(pod) }),
      reported: this.reported
    });
  }

  /** One pass of the operator over what it sees now, or has seen before; it is killed after `killedAfter` actions. */
  reconcile({ before, killedAfter = Infinity }: { before?: SeenWorkspace; killedAfter?: number } = {}): WorkspacePlan {
    const seen = before ?? this.observe();
    const now = new Date(this.nowMs);
    const plan = planWorkspace(seen, now);
    let { report } = plan;
    for (const action of plan.actions.slice(0, killedAfter)) {
      if (this.carryOut(action, seen)) {
        if (action.kind === 'create-pod' && before === undefined) this.checkThatAllIsThere();
      } else {
        report = refusedReport(report, { kind: 'quota', message: 'exceeded quota' }, this.reported, now).report;
      }
    }
    if (killedAfter === Infinity) this.remember(report, seen);
    return plan;
  }

  wish(wish: Wish): void {
    if (wish === 'resume' || wish === 'stop') this.running = wish === 'resume';
    else this.environment = wish.slice('choose '.length) as Environment;
  }

  byHand(hand: Hand): void {
    const { children } = this;
    const { networkPolicy: policy } = children;
    const hands: Record<Hand, () => void> = {
      'delete account': () => delete children.serviceAccount,
      'delete policy': () => delete children.networkPolicy,
      'delete service': () => delete children.service,
      'delete token': () => (this.hasToken = false),
      'delete pod': () => this.deletePod(),
      'delete home': () => this.deleteHome(),
      'change policy': () => policy && (children.networkPolicy = { ...policy, asWanted: false }),
      'change home': () => this.home && (this.home = { ...this.home, asWanted: false })
    };
    hands[hand]();
  }

  befall(fate: Fate): void {
    if (fate === 'kubelet works') this.kubeletWorks();
    else if (fate === 'node is lost' || fate === 'node comes back') this.nodeReports = fate === 'node comes back';
    else if (fate === 'node is removed') this.removeNode();
    else if (fate === 'quota is full' || fate === 'quota has room') this.hasRoom = fate === 'quota has room';
    else if (this.nodeReports && this.pod?.phase === 'Running') this.pod = struck(this.changed(this.pod), fate);
  }

  /** What Kubernetes and its kubelet make of the pod as it is now. */
  private kubeletWorks(): void {
    const { pod } = this;
    if (pod === undefined || !this.nodeReports) return;
    if (pod.deleting) return this.removePod();
    if (pod.phase === 'Failed') return;
    const { waiting: _, ...rest } = { ...this.changed(pod), node: 'node-1' };
    const problem = this.whatKeepsItFromStarting(pod);
    if (problem === undefined) {
      this.pod = { ...rest, phase: 'Running', ready: true };
      if (this.home?.phase === 'Pending') this.home = { ...this.home, phase: 'Bound' };
    } else if (!pod.ready) {
      this.pod = { ...rest, waiting: { reason: problem, message: '' } };
    }
  }

  private whatKeepsItFromStarting(pod: SeenPod): string | undefined {
    if (pod.image === imageOf('broken')) return 'ErrImagePull';
    if (!this.hasToken) return 'CreateContainerConfigError';
    return this.home === undefined ? 'ContainerCreating' : undefined;
  }

  private removeNode(): void {
    if (this.pod?.node !== undefined) this.removePod();
    this.nodeReports = true;
  }

  /** False: it was refused. Only pods count against the quota. */
  private carryOut(action: WorkspaceAction, seen: SeenWorkspace): boolean {
    if (action.kind === 'create-pod' && !this.hasRoom) return false;
    if (action.kind === 'create-token') this.hasToken = true;
    else if (action.kind === 'create-pod') this.createPod(seen);
    else if (action.kind === 'delete-pod') this.obeyDelete(action);
    else if (action.child === 'home') this.applyHome();
    else this.children[PLAIN[action.child]] = this.newChild();
    return true;
  }

  /** A second one of the same name is refused. */
  private createPod(seen: SeenWorkspace): void {
    if (this.pod !== undefined) return;
    this.pod = {
      ...this.newChild(),
      phase: 'Pending',
      createdAtMs: this.nowMs,
      ready: false,
      restarts: 0,
      image: seen.image ?? ''
    };
  }

  private checkThatAllIsThere(): void {
    const { networkPolicy, serviceAccount } = this.children;
    expect([this.hasToken, this.home, networkPolicy, serviceAccount]).not.toContain(undefined);
    expect([this.hasToken, this.home?.deleting]).toEqual([true, false]);
  }

  private obeyDelete({ uid, resourceVersion, why }: Extract<WorkspaceAction, { kind: 'delete-pod' }>): void {
    const { pod } = this;
    if (pod?.uid !== uid || (why !== 'stopped' && pod.resourceVersion !== resourceVersion)) return;
    if (why !== 'stopped')
      expect([pod.ready, pod.phase === 'Running' && pod.waiting === undefined]).toEqual([false, false]);
    this.deletePod();
  }

  private applyHome(): void {
    if (this.home === undefined) {
      this.home = { ...this.newChild(), phase: 'Pending', owner: 'ada' };
      this.homesMade.push(this.home.uid);
    }
    this.home = { ...this.home, asWanted: true };
  }

  /** One that runs nowhere is gone at once; the others when their kubelet has ended them. */
  private deletePod(): void {
    if (this.pod === undefined) return;
    if (this.pod.node === undefined || this.pod.phase === 'Failed') this.removePod();
    else this.pod = { ...this.changed(this.pod), deleting: true };
  }

  private removePod(): void {
    this.pod = undefined;
    if (this.home?.deleting === true) this.home = undefined;
  }

  /** Kubernetes keeps a claim for as long as a pod uses it. */
  private deleteHome(): void {
    if (this.home === undefined) return;
    this.homesDeletedByHand.add(this.home.uid);
    this.home = this.pod === undefined ? undefined : { ...this.home, deleting: true };
  }

  private podNow(pod: SeenPod): SeenPod {
    const asWanted = this.environment === 'absent' || pod.image === imageOf(this.environment);
    return { ...pod, asWanted, ...(pod.node !== undefined && { nodeReports: this.nodeReports }) };
  }

  private newChild(): SeenChild {
    const version = String((this.versions += 1));
    return { uid: `uid-${version}`, resourceVersion: version, belongs: 'ours', asWanted: true, deleting: false };
  }

  private changed(pod: SeenPod): SeenPod {
    return { ...pod, resourceVersion: String((this.versions += 1)) };
  }

  private remember(report: WorkspaceReport, { home }: SeenWorkspace): void {
    const said = [
      { type: 'Ready', ...report.ready },
      ...(report.home === undefined ? [] : [{ type: 'HomeReady', ...report.home }])
    ];
    const conditions = said.map((fact): SeenCondition => {
      const before = this.reported.conditions.find(({ type, reason }) => type === fact.type && reason === fact.reason);
      return { ...fact, sinceMs: before?.sinceMs ?? this.nowMs };
    });
    const homeUid = home?.uid ?? this.reported.homeUid;
    this.reported = { conditions, ...(homeUid !== undefined && { homeUid }) };
    this.report = report;
  }
}

function struck(pod: SeenPod, fate: 'runs out of memory' | 'is busy' | 'fails' | 'is evicted'): SeenPod {
  const down = { ...pod, ready: false };
  if (fate === 'is busy') return down;
  if (fate === 'runs out of memory') {
    const lastExit = { code: 137, reason: 'OOMKilled' };
    return { ...down, restarts: pod.restarts + 1, lastExit, waiting: { reason: 'CrashLoopBackOff', message: '' } };
  }
  const failure = { reason: fate === 'is evicted' ? 'Evicted' : '', message: '' };
  return { ...down, phase: 'Failed', failure };
}
