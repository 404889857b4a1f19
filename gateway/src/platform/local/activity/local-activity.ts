/**
 * Judges the kernels of this machine: what an agent has seen goes in, what it is to do and to show comes out. The decisions
 * are the engine's (`planActivity`); here it is known who has said what, and what was promised.
 */
import { planActivity, rememberAnnouncement } from '@berth/operator/plan';
import type {
  ActivityInput,
  ActivityMemory,
  ActivityPlan,
  AgentSays,
  GrantedSnooze,
  JudgeSays,
  MergedPolicy
} from '@berth/operator/plan';
import type { PlatformActivity, PlatformLog } from '../ports.js';
import { logAnnouncements, logOrders, logSnoozes } from './activity-log.js';
import { withAnnouncements, withSnoozes } from './activity-record.js';
import type { ActivityRecord } from './activity-record.js';
import { ActivityStore } from './activity-store.js';
import { announcedSubjects } from './announced-subjects.js';
import { doneOrders, KnownAgents } from './known-agents.js';
import type { KnownAgent } from './known-agents.js';
import { localPolicies } from './local-policies.js';
import { planSnoozes } from './local-snoozes.js';
import type { SnoozeBook } from './local-snoozes.js';
import { isWholeStory, kernelsIn, newReadings, reachesPresent } from './new-readings.js';
import type { NumberedReading } from './new-readings.js';
import { PolicyFile } from './policy-file.js';
import type { LocalPolicy } from './policy-file.js';
import { releaseOrders } from './release-orders.js';

/** What a person sees is never older. */
const NEXT_AT_MOST_MS = 15_000;
const NEXT_AT_LEAST_MS = 200;
const MOST_PROBLEMS = 50;

export interface LocalActivityOptions {
  /** Private; one gateway uses it at a time. */
  readonly folder: string;
  /** Need not be there. */
  readonly policyFile: string;
  readonly log: PlatformLog;
  readonly clock: () => Date;
}

/** One message of an agent, and what counts for it. */
interface Hearing {
  readonly agent: KnownAgent;
  readonly says: AgentSays;
  readonly readings: readonly NumberedReading[];
  readonly file: LocalPolicy;
  readonly policies: MergedPolicy;
  readonly waiting: ReadonlySet<string>;
  readonly nowMs: number;
}

type Answer = Pick<JudgeSays, 'cursor' | 'nextInMs'> & Partial<Pick<JudgeSays, 'judgements' | 'orders' | 'snoozes'>>;

export class LocalActivity implements PlatformActivity {
  private readonly agents = new KnownAgents();
  private readonly policyFile: PolicyFile;
  private chain: Promise<unknown> = Promise.resolve();

  /** Takes up the snoozes and warnings that a former gateway has given. */
  static async open(options: LocalActivityOptions): Promise<LocalActivity> {
    const store = new ActivityStore(options.folder, options.log);
    return new LocalActivity(options, store, await store.load());
  }

  private constructor(
    private readonly options: LocalActivityOptions,
    private readonly store: ActivityStore,
    private record: ActivityRecord
  ) {
    this.policyFile = new PolicyFile(options.policyFile, options.log);
  }

  /** One message after the other: what one has changed is on disk before the next is looked at. */
  judge(says: AgentSays, waiting: ReadonlySet<string>): Promise<JudgeSays> {
    const answer = this.chain.then(() => this.answer(says, waiting));
    this.chain = answer.catch(() => undefined); // whoever has asked hears of it
    return answer;
  }

  private async answer(says: AgentSays, waiting: ReadonlySet<string>): Promise<JudgeSays> {
    const file = await this.policyFile.read();
    const nowMs = this.options.clock().getTime();
    const agent = this.agents.hear(says.boot, nowMs);
    const readings = newReadings(says.readings, agent.seq);
    const hearing = { agent, says, readings, file, policies: localPolicies(file, says.wish), waiting, nowMs };
    const isKnown = agent.isAsked || isWholeStory(readings);
    agent.isAsked = true;
    return isKnown ? this.judged(hearing) : judgeSays(hearing, { cursor: null, nextInMs: 0 });
  }

  private async judged(hearing: Hearing): Promise<JudgeSays> {
    const { agent, says, readings } = hearing;
    agent.kernels = kernelsIn(readings) ?? agent.kernels;
    agent.done = doneOrders(agent.done, says.done);
    const book = this.snoozes(hearing);
    const plan = this.plan(hearing, book.granted);
    const isSaved = await this.remember(hearing, book, plan);
    return judgeSays(hearing, {
      cursor: { boot: agent.boot, seq: agent.seq },
      nextInMs: agent.isCaughtUp || readings.length === 0 ? nextInMs(plan) : 0,
      judgements: [...plan.judgements],
      orders: this.orders(agent, plan),
      snoozes: book.answers.filter(({ granted }) => isSaved || !granted)
    });
  }

  /** Before the readings reach the present it is not known which kernels there are; until they do, it is asked again. */
  private snoozes({ says, readings, agent, policies, nowMs }: Hearing): SnoozeBook {
    const isPresent = agent.isCaughtUp || reachesPresent(readings, says.nowMs, says.readEveryMs);
    const asked = isPresent ? says.snoozes : [];
    const requests = asked.map(one => ({ ...one, askedMs: one.askedMs - says.nowMs + nowMs }));
    const own = this.record.snoozes.filter(({ boot }) => boot === agent.boot);
    return planSnoozes(requests, agent.kernels, own, policies, nowMs);
  }

  /** Once the readings reach the present, the warnings that a former gateway has given count as given. */
  private plan(hearing: Hearing, snoozes: readonly GrantedSnooze[]): ActivityPlan {
    const { agent, says, readings } = hearing;
    const input = inputOf(hearing, snoozes);
    if (!agent.isCaughtUp && reachesPresent(readings, says.nowMs, input.readEveryMs)) {
      agent.isCaughtUp = true;
      agent.memory = this.withWarnings(agent, input.nowMs);
    }
    const plan = planActivity({ ...input, memory: agent.memory, readings });
    agent.seq = readings.at(-1)?.seq ?? agent.seq;
    agent.memory = plan.memory;
    return plan;
  }

  /** The engine drops those that are void, because their subject has been active since. */
  private withWarnings({ boot, memory }: KnownAgent, nowMs: number): ActivityMemory | undefined {
    return this.record.announcements
      .filter(one => one.boot === boot)
      .reduce(
        (known, { subject, atMs, limit }) => rememberAnnouncement(known, subject, Math.min(atMs, nowMs), limit),
        memory
      );
  }

  /** False: what was granted is not on disk, and must not be told yet. */
  private async remember({ agent, policies, nowMs }: Hearing, book: SnoozeBook, plan: ActivityPlan): Promise<boolean> {
    const { log } = this.options;
    const { boot } = agent;
    const before = this.record;
    this.record = withSnoozes(before, boot, book.fresh, policies.policy.snooze.perSeconds, nowMs);
    logSnoozes(log, book.fresh);
    if (agent.isCaughtUp) {
      logAnnouncements(log, boot, before.announcements, plan.judgements);
      this.record = withAnnouncements(this.record, boot, announcedSubjects(boot, plan.judgements), nowMs);
    }
    return this.store.save(this.record);
  }

  private orders(agent: KnownAgent, { due, wouldBeDue }: ActivityPlan): JudgeSays['orders'] {
    const { log } = this.options;
    const { boot, done, logged } = agent;
    const orders = releaseOrders(boot, due, done);
    const dry = releaseOrders(boot, wouldBeDue, done);
    agent.logged = new Set([
      ...logOrders(log, 'an idle kernel is released', orders, logged),
      ...logOrders(log, 'an idle kernel would have been released; the policy says dryRun', dry, logged)
    ]);
    return orders;
  }
}

function inputOf(
  { says, policies, waiting, nowMs }: Hearing,
  snoozes: readonly GrantedSnooze[]
): Omit<ActivityInput, 'memory' | 'readings'> {
  return {
    readEveryMs: says.readEveryMs,
    policies,
    waiting: { workspace: false, kernels: waiting },
    snoozes,
    nowMs,
    clockSkewMs: says.nowMs - nowMs
  };
}

function nextInMs({ recheckAfterMs }: ActivityPlan): number {
  return Math.ceil(Math.max(NEXT_AT_LEAST_MS, Math.min(NEXT_AT_MOST_MS, recheckAfterMs)));
}

function judgeSays({ file, policies: { policy }, nowMs }: Hearing, answer: Answer): JudgeSays {
  return {
    version: 1,
    judge: 'gateway',
    nowMs,
    judgements: [],
    orders: [],
    snoozes: [],
    dryRun: policy.dryRun,
    enabled: policy.enabled,
    problems: file.problems.slice(0, MOST_PROBLEMS),
    ...answer
  };
}
