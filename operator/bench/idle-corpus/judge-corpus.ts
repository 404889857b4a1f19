/** Ours and every incumbent's rule on the same traces. Pure. */
import type { Trace } from '@berth/operator/plan';
import { playRule } from './play-rule.ts';
import { playTrace } from './play-trace.ts';
import type { IdleRule } from './rules/idle-rule.ts';
import { IDLE_RULES } from './rules/idle-rules.ts';
import { type Score, scoreTrace } from './score-trace.ts';

/** What a rule made of a whole corpus. */
export interface Verdict {
  /** Only those in which something is wrong, by the trace's name. */
  readonly failures: ReadonlyMap<string, Score>;
  readonly lateS: readonly number[];
  /** The share of all looks that said "unknown", from 0 to 1. */
  readonly unknownRate: number;
}

export function judgeCorpus(traces: readonly Trace[]): { ours: Verdict; peers: Readonly<Record<string, Verdict>> } {
  const peers = Object.entries(IDLE_RULES).map(([name, rule]) => [name, verdictOf(traces, byRule(rule))]);
  return { ours: verdictOf(traces, byEngine), peers: Object.fromEntries(peers) as Record<string, Verdict> };
}

interface Play {
  readonly score: Score;
  readonly unknown: number;
  readonly looks: number;
}

function byEngine(trace: Trace): Play {
  const { fateOf, unknown, judgements } = playTrace(trace);
  return { score: scoreTrace(trace.expect, fateOf), unknown, looks: judgements };
}

const byRule =
  (rule: IdleRule) =>
  (trace: Trace): Play => {
    const { fateOf, unknown, readings } = playRule(rule, trace);
    return { score: scoreTrace(trace.expect, fateOf), unknown, looks: readings };
  };

function verdictOf(traces: readonly Trace[], play: (trace: Trace) => Play): Verdict {
  const failures = new Map<string, Score>();
  const lateS: number[] = [];
  let [unknown, looks] = [0, 0];
  for (const trace of traces) {
    const played = play(trace);
    if (played.score.falseStops.length + played.score.falseKeeps.length > 0) failures.set(trace.name, played.score);
    lateS.push(...played.score.lateS);
    unknown += played.unknown;
    looks += played.looks;
  }
  return { failures, lateS, unknownRate: looks === 0 ? 0 : unknown / looks };
}
