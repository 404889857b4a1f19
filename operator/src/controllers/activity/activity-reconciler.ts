/**
 * One pass over the activity of one workspace: asks its agent, judges, reports, and stops it where that is due. Nobody is asked before it
 * could matter, and nothing is written while there is nothing new to say.
 */
import type { Workspace } from '../../api/index.js';
import type { ActivityPlan, JudgeSays, PolicyPart } from '../../plan/activity/index.js';
import type { Clock } from '../../runtime/clock.js';
import type { Reconciler } from '../../runtime/controller.js';
import type { Log } from '../../runtime/log.js';
import { isOlderVersion, type Key } from '../../runtime/resource.js';
import type { ActivityCaches } from './activity-caches.js';
import type { ActivityLedger } from './activity-ledger.js';
import type { ActivityMetrics } from './activity-metrics.js';
import { activityPolicies, type ActivityPolicies } from './activity-policies.js';
import { type ActivityRecord, newRecord } from './activity-record.js';
import { activityReport, grantedOf, restingReport, stopReport } from './activity-report.js';
import type { ActivityWriter } from './activity-writer.js';
import { type AgentAddress, askAgent, isExchangeError } from './ask-agent.js';
import { type Heard, hearAgent } from './hear-agent.js';
import { idleStop } from './idle-stop.js';
import { firstLookMs, nextLookMs, restMs } from './next-look.js';
import { type ActivitySight, seeActivity } from './see-activity.js';
import { wordForAgent } from './word-for-agent.js';

/** A cache that is late catches up by itself, and is looked at then; this is for a watch that has broken. */
const LATE_MS = 1_000;
/** An agent that did not answer so often in a row cannot be told that its workspace stops. */
const MOST_FAILURES = 3;
/** The agent is heard, told what is new, and heard again: more than that is an agent that has news each time. */
const MOST_ROUNDS = 8;
/** One that answers, but slowly, is heard to the end another time. */
const LONGEST_LOOK_MS = 10_000;

export interface ActivityReconcilerOptions {
  readonly caches: ActivityCaches;
  readonly writer: ActivityWriter;
  readonly ledger: ActivityLedger;
  readonly metrics: ActivityMetrics;
  readonly agentKey: string;
  /** The platform's, on top of what is built in. */
  readonly policy: PolicyPart;
  readonly clock: Clock;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** Called before each exchange; throws where this process must not judge any more: an order that an agent has heard is carried out. */
  readonly guard?: () => void;
}

interface Pass {
  readonly key: Key;
  readonly workspace: Workspace;
  readonly sight: ActivitySight;
  readonly record: ActivityRecord;
  readonly policies: ActivityPolicies;
  /** The agent has more to say than fits into one answer. */
  readonly hasMore: boolean;
  /** How much was heard. */
  readonly bytes: number;
}

export class ActivityReconciler implements Reconciler {
  readonly #options: ActivityReconcilerOptions;
  readonly #records = new Map<Key, ActivityRecord>();

  constructor(options: ActivityReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: Key, signal: AbortSignal): Promise<{ recheckAfterMs?: number }> {
    const { caches, agentKey } = this.#options;
    const workspace = caches.workspaces.get(key);
    const sight = workspace && seeActivity(workspace, caches, agentKey);
    if (workspace === undefined || sight === undefined) return this.#rest(key, workspace, signal);
    const pass = this.#begin(key, workspace, sight);
    const waitMs = this.#waitMs(pass);
    if (waitMs > 0) return { recheckAfterMs: waitMs };
    const { clock } = this.#options;
    const beganMs = clock.now();
    const after = await this.#look(pass, signal);
    const tookMs = clock.now() - beganMs;
    await this.#stopIfDue(after, signal);
    return { recheckAfterMs: this.#keep(after, tookMs) };
  }

  /** There is nothing to judge. */
  async #rest(key: Key, workspace: Workspace | undefined, signal: AbortSignal): Promise<Record<string, never>> {
    this.#records.delete(key);
    this.#options.ledger.rests(key, workspace);
    if (workspace === undefined) return {};
    const { writer, nowMs } = this.#options;
    this.#countResume(workspace, await writer.report(workspace, restingReport(workspace, nowMs()), signal));
    return {};
  }

  #begin(key: Key, workspace: Workspace, sight: ActivitySight): Pass {
    const { clock, random } = this.#options;
    const known = this.#records.get(key);
    const isKnown = known?.podUid === sight.podUid;
    const policies = this.#policiesOf(workspace, isKnown ? known.wish : null);
    const begun = { key, workspace, sight, policies, hasMore: false, bytes: 0 };
    if (isKnown) return { ...begun, record: known };
    const isAnnounced = workspace.status?.activity?.announcedAt !== undefined;
    const nextAtMs = clock.now() + firstLookMs(policies.merged.policy, isAnnounced, random);
    const record = newRecord(workspace, sight.podUid, nextAtMs);
    this.#records.set(key, record);
    return { ...begun, record };
  }

  #policiesOf(workspace: Workspace, wish: PolicyPart | null): ActivityPolicies {
    return activityPolicies(workspace, this.#options.caches, this.#options.policy, wish);
  }

  /** Other policies, or somebody who waits now, may make it due: then it is looked at at once. */
  #waitMs({ workspace, record, sight, policies }: Pass): number {
    const { resourceVersion = '' } = workspace.metadata;
    if (isOlderVersion(resourceVersion, record.writtenVersion)) return LATE_MS;
    const isAnother = record.plan !== undefined && record.judgedBy !== judgedBy(record, sight, policies);
    return (isAnother ? record.restsUntilMs : record.nextAtMs) - this.#options.clock.now();
  }

  /** Hears the agent and tells it what is new, until there is nothing new. */
  async #look(begun: Pass, signal: AbortSignal): Promise<Pass> {
    const { clock } = this.#options;
    const latestMs = clock.now() + LONGEST_LOOK_MS;
    let pass = begun;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      pass = await this.#exchange(pass, signal);
      if (pass.record.failures > 0 || clock.now() > latestMs || (!pass.hasMore && this.#isTold(pass))) break;
    }
    return pass;
  }

  async #exchange(before: Pass, signal: AbortSignal): Promise<Pass> {
    const { nowMs, writer } = this.#options;
    const { key, workspace, sight } = before;
    const word = wordForAgent(before.record, before.policies, nowMs());
    const heard = await this.#ask(before, sight.address, word.says, signal);
    // null is a wish too: one that was taken back.
    const policies = this.#policiesOf(workspace, heard.says === undefined ? before.record.wish : heard.says.wish);
    const { record, grants, hasMore } = hearAgent(before.record, heard, {
      policies,
      granted: grantedOf(workspace.status?.activity ?? {}),
      isWaitedFor: sight.isWaitedFor,
      nowMs: nowMs()
    });
    if (record.plan === undefined) throw new Error('an agent was heard and nothing planned');
    const about = { workspace, podUid: sight.podUid, plan: record.plan, policies, grants, nowMs: nowMs() };
    const written = await writer.report(workspace, activityReport(about), signal);
    this.#count(key, workspace, written, record.plan);
    const told = heard.says === undefined ? record.told : word.digest;
    const { resourceVersion = '' } = written.metadata;
    const writtenVersion = written === workspace ? record.writtenVersion : resourceVersion;
    const bytes = before.bytes + (heard.bytes ?? 0);
    return { key, sight, policies, hasMore, bytes, workspace: written, record: { ...record, told, writtenVersion } };
  }

  async #ask({ key, record }: Pass, address: AgentAddress, says: JudgeSays, signal: AbortSignal): Promise<Heard> {
    const { metrics, log, clock, guard } = this.#options;
    guard?.();
    try {
      const answer = await askAgent(address, says, signal, clock);
      metrics.exchanged();
      if (record.failures > 0) log.info('an agent answers again', { workspace: key });
      return answer;
    } catch (error) {
      if (!isExchangeError(error)) throw error;
      metrics.exchangeFailed(error.why);
      if (record.failures === 0) log.info('an agent does not answer', { workspace: key, error });
      return { failure: error.message };
    }
  }

  /** The agent knows what there is to know. */
  #isTold({ record, policies }: Pass): boolean {
    return wordForAgent(record, policies, this.#options.nowMs()).digest === record.told;
  }

  #count(key: Key, before: Workspace, after: Workspace, plan: ActivityPlan): void {
    const { ledger, metrics } = this.#options;
    ledger.judged(key, plan);
    for (const { kind } of plan.announced) metrics.announced(kind);
    this.#countResume(before, after);
  }

  #countResume(before: Workspace, after: Workspace): void {
    const { metrics } = this.#options;
    const [was, is] = [before.status?.activity?.lastStop, after.status?.activity?.lastStop];
    if (is?.resumedAt === undefined || was?.resumedAt !== undefined) return;
    metrics.reclaimed((is.gpus * (Date.parse(is.resumedAt) - Date.parse(is.at))) / 1000);
  }

  /**
   * It is written down first, for whoever finds it stopped; the stop itself is only made of the very state that this has left. Where it is not
   * made, the next look takes back what was written.
   */
  async #stopIfDue(pass: Pass, signal: AbortSignal): Promise<void> {
    const { writer, metrics, log, nowMs } = this.#options;
    const { workspace, key, sight, record } = pass;
    const stop = record.plan && idleStop(record.plan, sight, nowMs());
    if (stop === undefined || !(this.#isTold(pass) || record.failures >= MOST_FAILURES)) return;
    const written = await writer.report(workspace, stopReport(workspace, stop), signal);
    await writer.stop(written, stop, signal);
    metrics.stopped(stop.limit);
    log.info('a workspace was stopped for being idle', { workspace: key, why: stop.why });
  }

  /** Returns when it is to be looked at again. */
  #keep({ key, record, sight, policies, hasMore, bytes }: Pass, tookMs: number): number {
    const { clock, random } = this.#options;
    const { plan, failures } = record;
    const looked = { recheckAfterMs: plan?.recheckAfterMs ?? LATE_MS, failures, bytes, tookMs, hasMore };
    const waitMs = nextLookMs(looked, random);
    const [nextAtMs, restsUntilMs] = [clock.now() + waitMs, clock.now() + restMs(looked)];
    this.#records.set(key, { ...record, nextAtMs, restsUntilMs, judgedBy: judgedBy(record, sight, policies) });
    return waitMs;
  }
}

/** What it rests on beside what the agent says. Who waits for what is in use changes nothing. */
function judgedBy({ plan }: ActivityRecord, { isWaitedFor }: ActivitySight, policies: ActivityPolicies): string {
  const judged = plan?.judgements.find(({ subject }) => subject.kind === 'workspace');
  return JSON.stringify([policies, judged?.activity !== 'active' && isWaitedFor]);
}
