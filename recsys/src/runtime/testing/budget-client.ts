/** Budgets for tests of the runtime: given as plain lists, filled into the files, and checked against the plainest reading of a plan. */
import { writeFile } from 'node:fs/promises';
import { randomFrom } from '../../kernels/testing/nasty-vectors.js';
import type { Answered, CallOptions, RuntimeClient } from './runtime-client.js';
import { views } from './runtime-client.js';

export interface Limit {
  readonly cap?: number;
  readonly floor?: number;
}

export interface Option {
  readonly channel?: number;
  /** Weight by limit. */
  readonly counts: ReadonlyMap<number, number>;
}

export interface GivenBudget {
  /** Of each person, a value for each of its options. */
  readonly people: readonly (readonly { readonly option: number; readonly value: number }[])[];
  readonly options: readonly Option[];
  readonly limits: readonly Limit[];
  readonly personCap?: number | readonly number[];
  readonly channels?: readonly { readonly cap: number | readonly number[] | null; readonly counted: boolean }[];
  readonly isDense?: boolean;
}

type Columns = Readonly<Record<string, NodeJS.ArrayBufferView>>;

interface Given {
  readonly params: Record<string, unknown>;
  readonly columns: Columns;
}

const known = new WeakMap<GivenBudget, Given>();

/** The parameters of `budget.create`, and what is to be filled in. */
export function columnsOf(given: GivenBudget): Given {
  const made = known.get(given) ?? madeColumns(given);
  known.set(given, made);
  return made;
}

function madeColumns(given: GivenBudget): Given {
  const { people, options, limits, personCap = null, channels = [], isDense = false } = given;
  const all = people.flat();
  const incidences = options.flatMap(({ counts }) => [...counts]);
  const starts = (lengths: readonly number[]): Uint32Array => {
    let end = 0;
    return Uint32Array.from([0, ...lengths.map(length => (end += length))]);
  };
  const isColumn = (cap: unknown): cap is readonly number[] => Array.isArray(cap);
  const capColumns = channels.flatMap(({ cap }, channel) =>
    isColumn(cap) ? [[`channelCap${channel}`, Uint16Array.from(cap)] as const] : []
  );
  const ragged = { start: starts(people.map(each => each.length)), option: Int32Array.from(all, each => each.option) };
  return {
    params: {
      people: people.length,
      candidates: all.length,
      options: options.length,
      limits: limits.length,
      incidences: incidences.length,
      personCap: isColumn(personCap) ? 'column' : personCap,
      channels: channels.map(({ cap, counted }) => ({ cap: isColumn(cap) ? 'column' : cap, counted })),
      isDense
    },
    columns: {
      value: Float32Array.from(all, each => each.value),
      ...(isDense ? {} : ragged),
      optionStart: starts(options.map(({ counts }) => counts.size)),
      optionLimit: Uint32Array.from(incidences, ([limit]) => limit),
      optionWeight: Float64Array.from(incidences, ([, weight]) => weight),
      optionChannel: Uint16Array.from(options, ({ channel = 0 }) => channel),
      cap: Float64Array.from(limits, ({ cap = Infinity }) => cap),
      floor: Float64Array.from(limits, ({ floor = 0 }) => floor),
      ...(isColumn(personCap) ? { personCap: Uint16Array.from(personCap) } : {}),
      ...Object.fromEntries(capColumns)
    }
  };
}

/** Makes and fills a budget, and does not seal it. @returns its name */
export async function createBudget(
  client: RuntimeClient,
  given: GivenBudget,
  changed: { params?: object; columns?: Columns } = {}
): Promise<{ budget: string; files: Record<string, string>; estimate: Record<string, unknown> }> {
  const { params, columns } = columnsOf(given);
  const { result } = await client.call('budget.create', { ...params, ...changed.params });
  const made = result as unknown as {
    budget: string;
    files: Record<string, string>;
    estimate: Record<string, unknown>;
  };
  await fillFiles(made.files, { ...columns, ...changed.columns });
  return made;
}

export async function fillFiles(files: Readonly<Record<string, string>>, columns: Columns): Promise<void> {
  for (const [name, path] of Object.entries(files)) {
    const column = columns[name];
    if (column === undefined) throw new Error(`nobody fills ${name}`);
    await writeFile(path, column, { flag: 'r+' });
  }
}

export async function makeBudget(client: RuntimeClient, given: GivenBudget): Promise<string> {
  const { budget } = await createBudget(client, given);
  await client.call('budget.seal', { budget });
  return budget;
}

export interface Solved {
  readonly status: string;
  readonly reason: string | null;
  readonly bound: number;
  readonly value: number;
  readonly gap: number | null;
  /** Of each candidate, in order, whether it is sent. */
  readonly send: readonly boolean[];
  readonly prices: readonly number[];
  readonly usage: readonly number[];
  readonly shortfall: readonly number[];
  readonly answer: Answered;
}

export interface SolveArrays {
  readonly prices?: Float64Array;
  readonly cap?: Float64Array;
  readonly floor?: Float64Array;
}

export async function solveBudget(
  client: RuntimeClient,
  budget: string,
  params: object = {},
  arrays: SolveArrays = {},
  options: Omit<CallOptions, 'arrays'> = {}
): Promise<Solved> {
  const given = views({ ...arrays });
  return solvedIn(await client.call('budget.solve', { budget, ...params }, { ...options, arrays: given }));
}

export function solvedIn(answer: Answered): Solved {
  const { result, arrays } = answer;
  const numbers = (name: string): number[] => [...(arrays[name]?.values as Float64Array)];
  const bytes = arrays['send']?.values as Uint8Array;
  const send = [...bytes].flatMap(byte => Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) === 1));
  const { status, reason, bound, value, gap } = result as unknown as Solved;
  const [prices, usage, shortfall] = [numbers('prices'), numbers('usage'), numbers('shortfall')];
  return { status, reason, bound, value, gap, send, prices, usage, shortfall, answer };
}

/** What a plan breaks, in words; and what it is worth. */
export function readPlan(given: GivenBudget, send: readonly boolean[], limits = given.limits) {
  const { people, options, personCap = Infinity, channels = [] } = given;
  const usage = limits.map(() => 0);
  const broken: string[] = [];
  let value = 0;
  let candidate = 0;
  people.forEach((own, person) => {
    const sent = own.filter((_, at) => send[candidate + at] === true);
    candidate += own.length;
    for (const each of sent) {
      value += Math.fround(each.value);
      for (const [limit, weight] of options[each.option]?.counts ?? []) usage[limit] = (usage[limit] ?? NaN) + weight;
    }
    const capOf = (cap: number | readonly number[] | null): number =>
      cap === null ? Infinity : typeof cap === 'number' ? cap : (cap[person] ?? NaN);
    const inChannel = (channel: number) => sent.filter(each => (options[each.option]?.channel ?? 0) === channel).length;
    const counted = channels.length === 0 ? sent.length : channels.reduce((sum, { counted }, at) => sum + (counted ? inChannel(at) : 0), 0); // prettier-ignore
    if (counted > capOf(personCap)) broken.push(`person ${person} gets ${counted}`);
    channels.forEach(({ cap }, at) => inChannel(at) > capOf(cap) && broken.push(`person ${person}, channel ${at}`));
  });
  usage.forEach((used, limit) => used > (limits[limit]?.cap ?? Infinity) && broken.push(`limit ${limit}: ${used}`));
  return { usage, value, broken };
}

/** Everybody with options of two channels, a total, and a cap on each of some campaigns. */
export function campaignBudget(people: number, seed: number, overrides: Partial<GivenBudget> = {}): GivenBudget {
  const random = randomFrom(seed);
  const [campaigns, optionCount] = [4, 8];
  const options = Array.from({ length: optionCount }, (_, option) => ({
    channel: option % 2,
    counts: new Map([
      [0, 1],
      [1 + (option % campaigns), 1]
    ])
  }));
  const own = () =>
    Array.from({ length: optionCount }, (_, option) => ({ option, value: random() * (1 + option / 8) })).filter(
      () => overrides.isDense === true || random() < 0.7
    );
  return {
    people: Array.from({ length: people }, own),
    options,
    limits: [{ cap: Math.floor(people * 0.6) }, ...Array.from({ length: campaigns }, () => ({ cap: Math.floor(people * 0.25) }))], // prettier-ignore
    personCap: 2,
    channels: [
      { cap: 1, counted: true },
      { cap: 2, counted: true }
    ],
    ...overrides
  };
}
