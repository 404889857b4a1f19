/**
 * The agents that this gateway hears of: one for each life of a Jupyter server, and several may share a gateway. None of it
 * is on disk: an agent that is not known is asked for all that it has seen.
 */
import type { ActivityMemory } from '@berth/operator/plan';

/** An agent asks every few seconds; one that comes back after this time tells everything anew. */
const FORGOTTEN_AFTER_MS = 3_600_000;
const MOST = 32;
/** More orders than this are never under way. */
const MOST_DONE = 1_000;

export interface KnownAgent {
  readonly boot: string;
  /** It has told all that it has seen, or was asked to. */
  isAsked: boolean;
  /** Undefined: nothing of its readings is known yet. */
  memory: ActivityMemory | undefined;
  /** The last reading that is in the memory. */
  seq: number;
  /** Those that it had in it. */
  kernels: ReadonlySet<string>;
  /** What it has told reaches the present: only from then on it is certain what is announced and what is not. */
  isCaughtUp: boolean;
  heardMs: number;
  /** Orders that it has carried out. */
  done: ReadonlySet<string>;
  /** Orders that the log tells of. */
  logged: ReadonlySet<string>;
}

export class KnownAgents {
  private readonly agents = new Map<string, KnownAgent>();

  /** The agent of this life; those that have gone silent are forgotten. */
  hear(boot: string, nowMs: number): KnownAgent {
    const agent = this.agents.get(boot) ?? newAgent(boot);
    agent.heardMs = nowMs;
    this.agents.delete(boot);
    this.agents.set(boot, agent); // the last is the one that was heard last
    for (const other of [...this.agents.values()].slice(0, -1)) {
      const isSilent = Math.abs(nowMs - other.heardMs) > FORGOTTEN_AFTER_MS;
      if (isSilent || this.agents.size > MOST) this.agents.delete(other.boot);
    }
    return agent;
  }
}

/** What was done, with what the agent says now; the oldest are forgotten. */
export function doneOrders(before: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> {
  return new Set([...new Set([...before, ...more])].slice(-MOST_DONE));
}

function newAgent(boot: string): KnownAgent {
  const nothing = { kernels: new Set<string>(), done: new Set<string>(), logged: new Set<string>() };
  return { boot, isAsked: false, memory: undefined, seq: 0, isCaughtUp: false, heardMs: 0, ...nothing };
}
