/**
 * Decides what a line of a rank's stdout says about progress: `{"berth": {"step": 120, "progress": 0.4, "metrics": {"loss": 0.31}}}`,
 * any part of it. A line that is not such JSON is a line of the log, and no error. In a line that is, a bad field is left
 * out and named; the others count. Nothing is clamped: 40 instead of 0.4 is a mistake to see, not a finished run.
 * Python writes NaN and Infinity, which are no JSON; they are read, as values that cannot be shown.
 */

export const MOST_METRICS = 32;
export const LONGEST_METRIC_NAME = 64;
/** A longer line is a line of the log. */
export const LONGEST_PROGRESS_LINE = 16_384;

export interface Progress {
  readonly step?: number;
  /** From 0 to 1. */
  readonly progress?: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** What was left out of the line, and what would be right. */
  readonly problems: readonly string[];
}

const NOT_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** The progress that the line reports; undefined where it is an ordinary line of the log. */
export function parseProgressLine(text: string): Progress | undefined {
  const berth = berthOf(text);
  if (berth === undefined) return undefined;
  const problems: string[] = [];
  const step = checked(problems, 'step', berth['step'], value => value >= 0, 'a number from 0');
  const progress = checked(
    problems,
    'progress',
    berth['progress'],
    value => value >= 0 && value <= 1,
    'a number from 0 to 1'
  );
  const metrics = metricsOf(berth['metrics'], problems);
  return {
    ...(step === undefined ? {} : { step }),
    ...(progress === undefined ? {} : { progress }),
    metrics,
    problems
  };
}

/** Most lines are no progress: two looks at the text tell, before anything is parsed. */
function berthOf(text: string): Record<string, unknown> | undefined {
  if (text.length > LONGEST_PROGRESS_LINE || !text.includes('"berth"')) return undefined;
  const line = text.trim();
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined;
  const value = parsed(line) ?? parsed(line.replace(/(?<=[:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, 'null'));
  return isObject(value) && Object.hasOwn(value, 'berth') && isObject(value['berth']) ? value['berth'] : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a line of the log
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checked(
  problems: string[],
  field: string,
  value: unknown,
  isRight: (value: number) => boolean,
  right: string
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && isRight(value)) return value;
  problems.push(`${field}: want ${right}`);
  return undefined;
}

function metricsOf(value: unknown, problems: string[]): Record<string, number> {
  if (value === undefined) return {};
  if (!isObject(value)) {
    problems.push('metrics: want an object from names to numbers');
    return {};
  }
  const metrics: [string, number][] = [];
  for (const [name, number] of Object.entries(value)) {
    const problem = metricProblem(name, number);
    if (problem !== undefined) problems.push(problem);
    else metrics.push([name, number as number]);
  }
  if (metrics.length > MOST_METRICS) problems.push(`metrics: the first ${MOST_METRICS} of ${metrics.length} are kept`);
  return Object.fromEntries(metrics.slice(0, MOST_METRICS));
}

function metricProblem(name: string, value: unknown): string | undefined {
  const shown = name.length > LONGEST_METRIC_NAME ? `${name.slice(0, LONGEST_METRIC_NAME)}…` : name;
  // A name is shown to people and may be used as a key: no control characters, none that every object has.
  if (name === '' || shown !== name || /\p{Cc}/u.test(name) || NOT_NAMES.has(name)) {
    return `metrics.${shown.replace(/\p{Cc}/gu, '?')}: want a plain name of 1 to ${LONGEST_METRIC_NAME} characters`;
  }
  return typeof value === 'number' && Number.isFinite(value) ? undefined : `metrics.${name}: want a finite number`;
}
