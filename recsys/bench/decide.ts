/**
 * How quickly a decider answers, and how near to the budgets a day ends that is not as yesterday was: more people come, values rise, campaigns have
 * become better or worse, there is a burst at noon and an hour's outage in the evening. Prices are yesterday's. Beside it: the same prices as fixed
 * thresholds, and what was possible in hindsight. Rounds are days of their own; who goes first changes with each.
 *
 * Options: `--people 1000000 --rounds 5 --seed 0`.
 */
import { parseArgs } from 'node:util';
import { type BenchReport, median, printReport } from '../../scripts/bench-report.ts';
import { Decider, type DecisionPlan } from '../lib/kernels/index.js';
import { hindsight, pricesOf } from './decide-solve.ts';
import { type DayResult, staticDay } from './decide-static.ts';
import { type Day, dayPlan, drawDay, TODAY, YESTERDAY } from './decide-world.ts';
import { wholeNumber } from './whole-number.ts';

/** A limit binds if the plan in hindsight uses so much of it. */
const BINDING = 0.999;
/** Errors below are counted as this, so that a ratio to none at all is a number. */
const LEAST_ERROR = 1e-3;

interface Options {
  readonly people: number;
  readonly rounds: number;
  readonly seed: number;
}

interface OursResult extends DayResult {
  /** Microseconds for each decision, ascending. */
  readonly tookUs: Float64Array;
}

interface Round {
  readonly arrivals: number;
  readonly binding: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly ours: Judged;
  /** Of thresholds that stop at no limit, and of those that do. */
  readonly fixed: Judged;
  readonly capped: Judged;
}

interface Judged {
  /** The largest |spent − cap| / cap of a limit that binds. */
  readonly worst: number;
  readonly total: number;
  /** Of the bound of what was possible in hindsight. */
  readonly valuePart: number;
}

export async function bench(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round += 1) rounds.push(await runRound(options, round));
  printReport(report(options, rounds));
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      people: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      seed: { type: 'string', default: '0' }
    }
  });
  return {
    people: wholeNumber('people', values.people, 1000),
    rounds: wholeNumber('rounds', values.rounds, 1),
    seed: wholeNumber('seed', values.seed, 0)
  };
}

async function runRound({ people, seed: first }: Options, round: number): Promise<Round> {
  const seed = first + round;
  const unpriced = dayPlan(people, new Float64Array(0));
  const plan = dayPlan(people, await pricesOf(drawDay(people, YESTERDAY, seed), unpriced, seed));
  const day = drawDay(people, TODAY, seed);
  const best = await hindsight(day, plan, await pricesOf(day, plan, seed), seed);
  const binding = [...plan.limits.cap.keys()].filter(
    limit => (best.usage[limit] as number) >= BINDING * (plan.limits.cap[limit] as number)
  );
  const judge = (result: DayResult): Judged => judged(result, plan, binding, best.bound);
  const results = { ours: undefined as OursResult | undefined, fixed: undefined as DayResult | undefined };
  const turns = [() => (results.ours = oursDay(day, plan)), () => (results.fixed = staticDay(day, plan, false))];
  for (const turn of round % 2 === 0 ? turns : turns.reverse()) turn();
  const { ours, fixed } = results as { ours: OursResult; fixed: DayResult };
  const quantile = (part: number): number => ours.tookUs[Math.floor(part * ours.tookUs.length)] as number;
  return {
    arrivals: day.atMs.length,
    binding: binding.length,
    p50: quantile(0.5),
    p99: quantile(0.99),
    p999: quantile(0.999),
    ours: judge(ours),
    fixed: judge(fixed),
    capped: judge(staticDay(day, plan, true))
  };
}

/** @throws Error where a limit was exceeded: then no other figure matters */
function oursDay(day: Day, plan: DecisionPlan): OursResult {
  const decider = new Decider(plan);
  const tookUs = new Float64Array(day.atMs.length);
  let value = 0;
  for (let person = 0; person < day.atMs.length; person += 1) {
    const [from, to] = [day.start[person] as number, day.start[person + 1] as number];
    const values = day.value.subarray(from, to);
    const arrival = { options: day.option.subarray(from, to), values };
    const before = performance.now();
    const { send } = decider.decide(arrival, day.atMs[person] as number);
    tookUs[person] = (performance.now() - before) * 1000;
    for (const at of send) value += values[at] as number;
  }
  const { spent } = decider;
  const over = spent.findIndex((used, limit) => used > (plan.limits.cap[limit] as number));
  if (over >= 0) throw new Error(`limit ${over} of ${plan.limits.cap[over]} was exceeded: ${spent[over]}`);
  return { spent, value, tookUs: tookUs.sort() };
}

function judged(
  { spent, value }: DayResult,
  { limits }: DecisionPlan,
  binding: readonly number[],
  bound: number
): Judged {
  const error = (limit: number): number => Math.abs((spent[limit] as number) / (limits.cap[limit] as number) - 1);
  return { worst: Math.max(...binding.map(error)), total: error(0), valuePart: value / bound };
}

function report({ people, seed }: Options, rounds: readonly Round[]): BenchReport {
  const middle = (of: (round: Round) => number, digits = 5): number => rounded(median(rounds.map(of)), digits);
  const range = (of: (round: Round) => number, digits = 5): string => {
    const values = rounds.map(of);
    return `${rounded(Math.min(...values), digits)}–${rounded(Math.max(...values), digits)}`;
  };
  return {
    bench: 'decide',
    ours: {
      p99_us: middle(round => round.p99, 2),
      p50_us: middle(round => round.p50, 2),
      p999_us: middle(round => round.p999, 2),
      spend_error: middle(round => round.ours.worst),
      spend_error_total: middle(round => round.ours.total),
      value_part: middle(round => round.ours.valuePart)
    },
    peers: {
      static_threshold: middle(round => round.fixed.worst),
      static_threshold_total: middle(round => round.fixed.total),
      static_capped: middle(round => round.capped.worst),
      static_capped_value_part: middle(round => round.capped.valuePart)
    },
    ratio: {
      static_threshold: middle(({ ours, fixed }) => fixed.worst / Math.max(ours.worst, LEAST_ERROR), 1),
      static_threshold_total: middle(({ ours, fixed }) => fixed.total / Math.max(ours.total, LEAST_ERROR), 1),
      static_capped_value: middle(({ ours, capped }) => ours.valuePart / capped.valuePart, 3)
    },
    conditions: {
      people_expected: people,
      arrivals: range(round => round.arrivals, 0),
      rounds: rounds.length,
      seed,
      limits_that_bind: `${range(round => round.binding, 0)} of 24`,
      p99_us: range(round => round.p99, 2),
      spend_error: range(round => round.ours.worst),
      spend_error_total: range(round => round.ours.total),
      value_part: range(round => round.ours.valuePart),
      static_threshold: range(round => round.fixed.worst),
      static_capped_value_part: range(round => round.capped.valuePart),
      today: JSON.stringify(TODAY),
      measured:
        'spend error: the worst |spent − cap| / cap of the limits that bind in hindsight, after the day; in a ratio at least ' +
        `${LEAST_ERROR}; total: of all counted sends; value part: of the certified bound in hindsight; static threshold stops at no limit, capped does`
    }
  };
}

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
