/** Reads what `decision_plan` of the Python client wrote of a plan, for a decider. */
import { isJsonObject, ProblemList } from '../../problem-list.js';
import type { ExpectedArrivals } from './day-curve.js';
import type { LimitTimes } from './day-progress.js';
import { requireDecisionPlan } from './decision-plan.js';
import type { ArrivalCap, DecisionPlan } from './decision-plan.js';

/** What the plan does not know: the day that it is for. */
export interface DecisionDay extends LimitTimes {
  readonly curve: ExpectedArrivals;
  readonly maxAgeMs: number;
}

/** What a limit is called: `['total', null]`, `['channel', 'push']`. */
export type LimitName = readonly [dimension: string, name: string | number | null];

export interface NamedDecisionPlan extends DecisionPlan {
  /** By limit. */
  readonly limitNames: readonly LimitName[];
  /** By channel; null for all those that have no cap of their own. */
  readonly channelNames: readonly (string | null)[];
}

type Json = Readonly<Record<string, unknown>>;

const KEYS = ['version', 'madeAtMs', 'limits', 'prices', 'options', 'personCap', 'channels'];

/** @throws RangeError that names everything that is not as it should be; what numbers mean is checked by `requireDecisionPlan` */
export function readDecisionPlan(json: unknown, day: DecisionDay): NamedDecisionPlan {
  const problems = new ProblemList();
  const reader = new PlanReader(problems);
  const plan = reader.plan(json, day);
  if (problems.problems.length > 0)
    throw new RangeError(problems.problems.map(({ field, message }) => `${field} ${message}`).join('; '));
  requireDecisionPlan(plan);
  return plan;
}

class PlanReader {
  constructor(private readonly problems: ProblemList) {}

  plan(json: unknown, day: DecisionDay): NamedDecisionPlan {
    const top = this.object('plan', json, KEYS);
    if (top.version !== 1) this.problems.want('plan.version', top.version, '1');
    const limits = this.object('limits', top.limits, ['names', 'cap', 'floor']);
    const options = this.object('options', top.options, ['start', 'limit', 'weight', 'channel']);
    const channels = this.list('channels', top.channels).map((each, at) => this.channel(`channels[${at}]`, each));
    return {
      ...day,
      limits: {
        cap: Float64Array.from(this.list('limits.cap', limits.cap), (cap, at) => this.cap(`limits.cap[${at}]`, cap)),
        floor: this.numbers('limits.floor', limits.floor)
      },
      options: {
        start: Uint32Array.from(this.numbers('options.start', options.start)),
        limit: Uint32Array.from(this.numbers('options.limit', options.limit)),
        weight: this.numbers('options.weight', options.weight),
        channel: Uint16Array.from(this.numbers('options.channel', options.channel))
      },
      personCap: this.cap('personCap', top.personCap),
      channels: channels.map(({ rule }) => rule),
      prices: this.numbers('prices', top.prices),
      madeAtMs: this.number('madeAtMs', top.madeAtMs),
      limitNames: this.list('limits.names', limits.names).map((name, at) => this.name(`limits.names[${at}]`, name)),
      channelNames: channels.map(({ name }) => name)
    };
  }

  private channel(field: string, json: unknown): { name: string | null; rule: ArrivalCap } {
    const { name, cap, isCounted } = this.object(field, json, ['name', 'cap', 'isCounted']);
    if (name !== null && typeof name !== 'string') this.problems.want(`${field}.name`, name, 'a text or null');
    if (typeof isCounted !== 'boolean') this.problems.want(`${field}.isCounted`, isCounted, 'true or false');
    const rule = { cap: this.cap(`${field}.cap`, cap), isCounted: isCounted === true };
    return { name: typeof name === 'string' ? name : null, rule };
  }

  private name(field: string, json: unknown): LimitName {
    const [dimension, name] = this.list(field, json);
    const isNamed = name === null || typeof name === 'string' || typeof name === 'number';
    if (typeof dimension === 'string' && isNamed) return [dimension, name];
    this.problems.want(field, json, 'a dimension and a name');
    return ['', null];
  }

  /** null: none. */
  private cap(field: string, json: unknown): number {
    return json === null ? Infinity : this.number(field, json);
  }

  private number(field: string, json: unknown): number {
    if (typeof json === 'number') return json;
    this.problems.want(field, json, 'a number');
    return 0;
  }

  private numbers(field: string, json: unknown): Float64Array<ArrayBuffer> {
    return Float64Array.from(this.list(field, json), (each, at) => this.number(`${field}[${at}]`, each));
  }

  private list(field: string, json: unknown): readonly unknown[] {
    if (Array.isArray(json)) return json as readonly unknown[];
    this.problems.want(field, json, 'a list');
    return [];
  }

  private object(field: string, json: unknown, keys: readonly string[]): Json {
    if (!isJsonObject(json)) this.problems.want(field, json, `an object with ${keys.join(', ')}`);
    else if (this.problems.wantKeys(field, json, keys)) return json;
    return isJsonObject(json) ? json : {};
  }
}
