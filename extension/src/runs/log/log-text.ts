/** What a terminal would show of a record, as plain text. Pure. */

// CSI and OSC sequences, and the two-character escapes.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// Control characters that would be shown as boxes; the tab stays.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
/** A longer line is a line of the log, as for the gateway. */
const LONGEST_PROGRESS_LINE = 16_384;
const MOST_METRICS = 32;
const LONGEST_METRIC_NAME = 64;

/** Without escape sequences; a carriage return starts the line again, as progress bars want it. */
export function visibleText(raw: string): string {
  const plain = raw.replace(ESCAPES, '').replace(/\r+$/, '');
  const restart = plain.lastIndexOf('\r');
  return plain.slice(restart + 1).replace(CONTROLS, '');
}

/** Does the gateway take all of it as progress? A line with a mistake in it is something to read. */
export function isProgressLine(text: string): boolean {
  const report = parsed(text);
  const berth = isObject(report) ? report['berth'] : undefined;
  if (!isObject(berth)) return false;
  const { step, progress, metrics } = berth;
  return isIn(step, Infinity) && isIn(progress, 1) && (metrics === undefined || areMetrics(metrics));
}

/** Most lines are no progress: two looks at the text tell, before anything is parsed. */
function parsed(text: string): unknown {
  if (text.length > LONGEST_PROGRESS_LINE || !text.includes('"berth"')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Left out, or a number from 0 to `most`. */
function isIn(value: unknown, most: number): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most);
}

function areMetrics(value: unknown): boolean {
  if (!isObject(value)) return false;
  const metrics = Object.entries(value);
  const areRight = metrics.every(
    ([name, number]) => name !== '' && name.length <= LONGEST_METRIC_NAME && typeof number === 'number'
  );
  return areRight && metrics.length <= MOST_METRICS;
}

export interface IPiece {
  readonly text: string;
  readonly hit: boolean;
}

/** The text cut at every occurrence of `wanted`, letter case ignored; the pieces joined are the text. */
export function highlight(text: string, wanted: string): IPiece[] {
  if (wanted === '') return [{ text, hit: false }];
  const haystack = text.toLowerCase();
  const needle = wanted.toLowerCase();
  // Where lowering changes the length, places would not fit together.
  if (haystack.length !== text.length || needle.length !== wanted.length) return [{ text, hit: false }];
  const pieces: IPiece[] = [];
  let from = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false });
    pieces.push({ text: text.slice(at, at + needle.length), hit: true });
    from = at + needle.length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), hit: false });
  return pieces;
}
