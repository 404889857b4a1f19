/** Turns the measurements of the retrieval bench into figures: ours, the peers', the ratios, and under which conditions. */
import { type BenchReport, median } from '../../scripts/bench-report.ts';
import type { Measurements, MeasuredWith } from './retrieval-measurements.ts';
import { type Case, CASES, libraryOf, OURS, ratiosOf } from './retrieval-plan.ts';

type Figures = Record<string, number | null>;
type Conditions = Record<string, string | number>;

const FLOAT_BYTES = 4;
/** The 8-bit copy's blocks (see `blockLayout`). */
const MIN_BLOCK = 32;
const MAX_BLOCK = 128;

export function retrievalReport(options: MeasuredWith, found: Measurements): BenchReport {
  const conditions: Conditions = {
    rows: found.rows,
    dimensions: found.dimensions,
    k: options.k,
    rounds: options.rounds,
    data: options.data ?? `standard normal, seed ${options.seed}`,
    ...found.notes
  };
  const ratio: Figures = {};
  for (const each of CASES) Object.assign(ratio, ratioFigures(each, found, conditions));
  const ours = { ...ourFigures(found), ...rooflineFigures(found, conditions) };
  const peers = peerFigures(found);
  describe(found, conditions);
  return { bench: 'retrieval', ours, peers, ratio, conditions };
}

function ourFigures(found: Measurements): Figures {
  const recalls = CASES.map(({ name }) => found.recall.get(`${name}/${OURS}`) ?? NaN);
  const figures: Figures = { recall: Math.min(...recalls) };
  for (const { name, batch } of CASES) {
    const calls = callsOf(found, name, OURS).flat();
    figures[`qps_${name}`] = significant(batch / median(calls));
    figures[`p50_ms_${name}`] = significant(median(calls) * 1000);
    const certificates = found.certificates.get(name) ?? [];
    const all = certificates.reduce((sum, count) => sum + count, 0);
    figures[`certified_quantised_${name}`] = significant((certificates[0] ?? 0) / all);
  }
  return figures;
}

/** How near ours is to what the machine can do, round by round: 1 is the machine's limit. */
function rooflineFigures(found: Measurements, conditions: Conditions): Figures {
  const { rows, dimensions, isQuantised, bandwidth, products } = found;
  const bytes = isQuantised ? rows * quantisedRowBytes(dimensions) : rows * dimensions * FLOAT_BYTES;
  const rates = bandwidth.map(round => Math.max(...Object.values(round)));
  const least = products.map(round => Math.min(...Object.values(round)));
  const [b1, b32] = ['b1', 'b32'].map(name => callsOf(found, name, OURS).map(median));
  conditions['stream_gb_per_s'] = bestOf(bandwidth, 'most', value => (value / 1e9).toFixed(1));
  conditions['sgemm_ms'] = bestOf(products, 'least', value => (value * 1000).toFixed(1));
  conditions['roofline_b1_bytes'] =
    `${bytes}, ${isQuantised ? '8-bit items and scales' : 'float32 items: too few for a copy'}`;
  return {
    roofline_b1: significant(median(rates.map((rate, round) => bytes / rate / (b1?.[round] ?? NaN)))),
    roofline_b32: significant(median(least.map((seconds, round) => seconds / (b32?.[round] ?? NaN))))
  };
}

function quantisedRowBytes(dimensions: number): number {
  let block = MIN_BLOCK;
  while (block < dimensions && block < MAX_BLOCK) block *= 2;
  return Math.ceil(dimensions / block) * (block + FLOAT_BYTES);
}

/** Which way is the best one, and the range of that one's figures. */
function bestOf(
  rounds: readonly Record<string, number>[],
  want: 'most' | 'least',
  text: (value: number) => string
): string {
  const middles = Object.keys(rounds[0] ?? {}).map(way => {
    const values = rounds.map(round => round[way] ?? NaN);
    return { way, values, middle: median(values) };
  });
  middles.sort((a, b) => (want === 'most' ? b.middle - a.middle : a.middle - b.middle));
  const ways = middles.map(({ way, values }) => `${way} ${text(Math.min(...values))}–${text(Math.max(...values))}`);
  return `best of each round; ${ways.join(', ')}`;
}

function peerFigures(found: Measurements): Figures {
  const figures: Figures = {};
  for (const { name } of CASES) {
    for (const [who, rounds] of found.seconds.get(name) ?? []) {
      if (who === OURS) continue;
      figures[`${who}_${name}_ms`] = significant(median(rounds.flat()) * 1000);
      figures[`${who}_${name}_recall`] = found.recall.get(`${name}/${who}`) ?? null;
    }
  }
  return figures;
}

/** The fastest of those that found everything, in each round. */
function ratioFigures(each: Case, found: Measurements, conditions: Conditions): Figures {
  const figures: Figures = {};
  const ours = callsOf(found, each.name, OURS).map(median);
  for (const [key, peers] of Object.entries(ratiosOf(each))) {
    const counted = peers.filter(who => reasonAgainst(each, who, found) === undefined);
    const left = peers.filter(who => !counted.includes(who));
    const reasons = left.map(who => `${who}: ${reasonAgainst(each, who, found)}`).join('; ');
    const ratios = ours.map((seconds, round) => {
      const theirs = counted.map(who => median(callsOf(found, each.name, who)[round] ?? []));
      return Math.min(...theirs) / seconds;
    });
    figures[key] = counted.length === 0 ? null : significant(median(ratios));
    if (counted.length > 0) conditions[`ratio_${key}`] = range(ratios, 2);
    if (left.length > 0) conditions[`${counted.length === 0 ? 'null' : 'without'}_${key}`] = reasons;
  }
  return figures;
}

function reasonAgainst({ name }: Case, who: string, { missing }: Measurements): string | undefined {
  return missing.get(`${name}/${who}`) ?? missing.get(who) ?? missing.get(libraryOf(who));
}

function describe(found: Measurements, conditions: Conditions): void {
  for (const { name } of CASES) {
    for (const [who, rounds] of found.seconds.get(name) ?? []) {
      conditions[`ms_${name}_${who}`] = range(
        rounds.map(calls => median(calls) * 1000),
        2
      );
    }
    const [quantised, float, all, gpu = 0] = found.certificates.get(name) ?? [];
    conditions[`certificates_${name}`] = `8-bit ${quantised}, float32 ${float}, every row scored ${all}, GPU ${gpu}`;
  }
  const errors = [...found.differences].map(([key, value]) => `${key} ${value.toExponential(1)}`);
  conditions['largest_score_errors'] = errors.join(', ');
  const calls = CASES.map(({ name, batch, calls: count }) => `${name} ${count} × ${batch}`).join(', ');
  conditions['calls'] = `in a round: ${calls}; none begins after a second`;
  conditions['measured'] =
    'ours: berth_recsys in a Python process, its filter evaluated in every call, its runtime behind a socket; peers: in a ' +
    'Python process, all threads, filters made beforehand, hnswlib with one thread as it advises for filters in Python';
  conditions['judged'] =
    'ours: ids, order and scores equal to a float64 twin; peers: every id as good as our last one, within float32 rounding';
}

function callsOf(found: Measurements, name: string, who: string): readonly (readonly number[])[] {
  return found.seconds.get(name)?.get(who) ?? [];
}

const significant = (value: number): number => Number(value.toPrecision(4));
const range = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
