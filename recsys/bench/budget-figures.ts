/** Turns the measurements of the budget bench into figures: ours, the peers', the ratios, and under which conditions. */
import { type BenchReport, median } from '../../scripts/bench-report.ts';
import type { CaseFound, MeasuredWith, Measurements } from './budget-measurements.ts';
import { type Case, caseName, PEERS, type Peer, RATIOS, type Shape, sizeName, WANTED_GAP } from './budget-plan.ts';

type Figures = Record<string, number | null>;
type Conditions = Record<string, string | number>;

const GIB = 2 ** 30;
/** The size whose ratios are always told, if only why there are none. */
const TOLD_SIZE = 1_000_000;

export function budgetReport(options: MeasuredWith, found: Measurements): BenchReport {
  const conditions: Conditions = {
    rounds: options.rounds,
    seed: options.seed,
    wanted_gap: WANTED_GAP,
    peer_limit_s: options.peerLimitS
  };
  const ours = ourFigures(options, found, conditions);
  const peers: Figures = {};
  const ratio: Figures = {};
  for (const each of options.cases) {
    Object.assign(peers, peerFigures(each, found, conditions));
    describe(each, found, conditions);
    if (hasPeers(each, options)) Object.assign(ratio, ratioFigures(each, found, conditions));
  }
  for (const name of Object.keys(RATIOS)) {
    const key = `${name}_${sizeName(TOLD_SIZE)}`;
    if (key in ratio) continue;
    ratio[key] = null;
    conditions[`null_${key}`] = 'not measured in this run: see --sizes and --peers';
  }
  explain(conditions);
  return { bench: 'budget', ours, peers, ratio, conditions };
}

function hasPeers({ shape }: Case, { peers, hasLaminarPeers }: MeasuredWith): boolean {
  return peers.length > 0 && (shape === 'choice' || hasLaminarPeers);
}

/** Of the largest problem of each shape, and the seconds of all. */
function ourFigures(options: MeasuredWith, found: Measurements, conditions: Conditions): Figures {
  const figures: Figures = {
    ...caseFigures('choice', '', options, found, conditions),
    ...caseFigures('laminar', 'laminar_', options, found, conditions)
  };
  let violations = 0;
  for (const each of options.cases) {
    const one = found.cases.get(caseName(each));
    if (one === undefined) continue;
    violations += one.check.violations + one.nextDay.check.violations;
    const { ours, check, rssBytes } = one;
    figures[`seconds_${caseName(each)}`] = significant(median(ours.map(({ seconds }) => seconds)));
    figures[`passes_${caseName(each)}`] = median(ours.map(({ passes }) => passes));
    figures[`gap_${caseName(each)}`] = significant(Math.max(...ours.map(({ gap }) => gap), check.gap));
    figures[`rss_gib_${caseName(each)}`] = significant(rssBytes / GIB);
  }
  return { ...figures, violations };
}

function caseFigures(
  shape: Shape,
  prefix: string,
  { cases }: MeasuredWith,
  found: Measurements,
  conditions: Conditions
): Figures {
  const largest = cases.filter(each => each.shape === shape).at(-1);
  const one = largest && found.cases.get(caseName(largest));
  if (one === undefined) return {};
  const figures: Figures = {
    variables: one.candidates,
    seconds: significant(median(one.ours.map(({ seconds }) => seconds))),
    first_seconds: significant(one.ours[0]?.seconds ?? NaN),
    hand_over_seconds: significant(one.handOverSeconds),
    gap: significant(Math.max(...one.ours.map(({ gap }) => gap), one.check.gap)),
    passes: median(one.ours.map(({ passes }) => passes)),
    full_passes: median(one.ours.map(({ fullPasses }) => fullPasses)),
    certifications: median(one.ours.map(({ certifications }) => certifications)),
    rss_gib: significant(one.rssBytes / GIB),
    drift_passes: one.nextDay.solve.fullPasses,
    drift_certifications: one.nextDay.solve.certifications,
    drift_seconds: significant(one.nextDay.solve.seconds),
    drift_gap: significant(Math.max(one.nextDay.solve.gap, one.nextDay.check.gap)),
    ...rooflineFigures(one, prefix, conditions)
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}${name}`, value]));
}

/** How near a pass, and a whole solve, is to reading its bytes as quickly as the memory allows: 1 is the machine's limit. */
function rooflineFigures({ passes, ours }: CaseFound, prefix: string, conditions: Conditions): Figures {
  if (passes.length === 0) return {};
  const best = passes.map(({ bytesPerSecond }) => Math.max(...Object.values(bytesPerSecond)));
  const shares = passes.map(({ bytes, seconds }, round) => bytes / (best[round] ?? NaN) / seconds);
  const rates = best.map(rate => rate / 1e9);
  conditions[`${prefix}roofline`] = `${range(shares, 3)}, ${passes[0]?.bytes} bytes at ${range(rates, 1)} GB/s`;
  const readings = ours.map(({ seconds, fullPasses, certifications }) => (fullPasses + certifications) / seconds);
  return {
    pass_seconds: significant(median(passes.map(({ seconds }) => seconds))),
    roofline: significant(median(shares)),
    solve_roofline: significant(
      median(readings) * median(passes.map(({ bytes }, round) => bytes / (best[round] ?? NaN)))
    )
  };
}

function peerFigures(each: Case, found: Measurements, conditions: Conditions): Figures {
  const figures: Figures = {};
  const one = found.cases.get(caseName(each));
  for (const [peer, answers] of one?.peers ?? []) {
    const key = `${peer}_${caseName(each)}`;
    figures[`${key}_s`] = significant(median(answers.map(({ seconds }) => seconds)));
    figures[`${key}_gap`] = significant(Math.max(...answers.map(({ gap }) => gap ?? NaN)));
    figures[`${key}_rss_gib`] = significant(Math.max(...answers.map(({ rssBytes }) => rssBytes / GIB)));
    const seconds = answers.map(answer => answer.seconds);
    conditions[`s_${key}`] = `${range(seconds, 2)}, tolerance ${one?.tolerances.get(peer)}`;
    conditions[`version_${peer}`] = answers[0]?.version ?? 'unknown';
  }
  for (const peer of PEERS) {
    const why = found.missing.get(`${caseName(each)}/${peer}`);
    if (why !== undefined) conditions[`without_${peer}_${caseName(each)}`] = why;
  }
  return figures;
}

/** The fastest of those that proved the gap, in each round, over ours in the same round. */
function ratioFigures(each: Case, found: Measurements, conditions: Conditions): Figures {
  const one = found.cases.get(caseName(each));
  const figures: Figures = {};
  if (one === undefined) return figures;
  for (const [name, candidates] of Object.entries(RATIOS)) {
    const key = each.shape === 'choice' ? `${name}_${sizeName(each.size)}` : `${name}_${caseName(each)}`;
    const ratios = ratiosOf(one, candidates);
    figures[key] = ratios.length === 0 ? null : significant(median(ratios));
    if (ratios.length > 0) conditions[`ratio_${key}`] = range(ratios, 1);
    else conditions[`null_${key}`] = reasonFor(each, candidates, one, found);
  }
  return figures;
}

function ratiosOf({ ours, peers }: CaseFound, candidates: readonly Peer[]): number[] {
  if (ours.some(({ gap }) => gap > WANTED_GAP)) return [];
  const ratios: number[] = [];
  for (const [round, { seconds }] of ours.entries()) {
    const theirs = candidates.flatMap(peer => peers.get(peer)?.[round]?.seconds ?? []);
    if (theirs.length > 0) ratios.push(Math.min(...theirs) / seconds);
  }
  return ratios;
}

function reasonFor(each: Case, candidates: readonly Peer[], one: CaseFound, found: Measurements): string {
  if (one.ours.some(({ gap }) => gap > WANTED_GAP)) return 'ours has not proved the wanted gap';
  const reasons = candidates.map(
    peer =>
      `${peer}: ${found.missing.get(`${caseName(each)}/${peer}`) ?? 'not asked, or failed with a smaller problem'}`
  );
  return reasons.join('; ');
}

function describe(each: Case, found: Measurements, conditions: Conditions): void {
  const name = caseName(each);
  const one = found.cases.get(name);
  if (one === undefined) return;
  const { people, candidates, limits, ours, check, nextDay } = one;
  conditions[`problem_${name}`] = `${people} people, ${candidates} candidates, ${limits} limits, ${check.sent} sent`;
  conditions[`s_ours_${name}`] = range(
    ours.map(({ seconds }) => seconds),
    3
  );
  const last = ours.at(-1);
  conditions[`solve_${name}`] =
    `${last?.status}, gap ${last?.gap.toExponential(2)}, recomputed ${check.gap.toExponential(2)}; ` +
    `${last?.passes} passes, ${last?.fullPasses} of them over everybody, ${last?.certifications} certifications; ` +
    `handed over in ${one.handOverSeconds.toFixed(2)} s; at most ${(one.rssBytes / GIB).toFixed(2)} GiB`;
  const { solve, check: nextCheck } = nextDay;
  conditions[`next_day_${name}`] =
    `${solve.status}, gap ${solve.gap.toExponential(2)}, recomputed ${nextCheck.gap.toExponential(2)}; ` +
    `${solve.seconds.toFixed(3)} s, ${solve.passes} passes, ${solve.fullPasses} of them over everybody, ` +
    `${solve.certifications} certifications`;
}

function explain(conditions: Conditions): void {
  conditions['measured'] =
    'ours: solve() of berth_recsys in a Python process, its runtime behind a socket, an integral plan; handing the data over ' +
    'is told beside it. Peers: the solver alone, presolve included, all threads, the linear program, no crossover, the loosest ' +
    'tolerance of a list that is enough';
  conditions['judged'] =
    'ours: caps and limits counted anew from the plan, the bound computed anew from its prices; peers: the bound computed anew ' +
    'from their prices, the value of their x shrunk until it keeps every row';
  conditions['rooflines'] =
    'roofline: one smoothed pass over everybody; solve_roofline: a solve, whose passes over everybody and certifications have ' +
    'to read the same bytes; of the best of several ways to read memory, in the same round';
  conditions['next_day'] = 'every value off by 5 %, 1 % of the people others; from the prices of the day before';
}

const significant = (value: number): number => Number(value.toPrecision(4));
const range = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
