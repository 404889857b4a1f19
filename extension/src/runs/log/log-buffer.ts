/**
 * The lines that are shown of one log. Pure: a page makes a new buffer out of an old one.
 * It holds 5,000 lines, so that a log that never ends does not fill the browser; a run that reports every step must not
 * push out what it prints, so progress lines go first.
 */
import type { LogLine, LogPage } from '@berth/gateway/contract';
import { isProgressLine } from './log-text.js';

export const MOST_LINES = 5_000;
/** A line without end, such as a progress bar's, keeps its end only. */
const LONGEST_LINE = 20_000;

export interface IShownLine {
  /** Counts up within one buffer: a key that no other line has. */
  readonly seq: number;
  readonly atMs: number;
  readonly stream: LogLine['stream'];
  readonly text: string;
  /** The next record of the same stream goes on with it. */
  readonly open: boolean;
  /** It reports progress: shown in charts, and as a line only when asked for. */
  readonly progress: boolean;
}

export interface ILogBuffer {
  readonly lines: readonly IShownLine[];
  /** Where the next page begins; null before the first. */
  readonly cursor: string | null;
  readonly nextSeq: number;
  /** Lines at the beginning were let go to keep the buffer bounded. */
  readonly trimmed: boolean;
  /** The same of progress lines. */
  readonly trimmedProgress: boolean;
  /** The server had deleted output before these lines. */
  readonly dropped: boolean;
  /** Nothing more will come. */
  readonly end: boolean;
}

export const EMPTY_BUFFER: ILogBuffer = {
  lines: [],
  cursor: null,
  nextSeq: 0,
  trimmed: false,
  trimmedProgress: false,
  dropped: false,
  end: false
};

/** The buffer after the page that its cursor asked for. Records of one line are joined, per stream. */
export function appendPage(buffer: ILogBuffer, page: LogPage): ILogBuffer {
  const lines = [...buffer.lines];
  let nextSeq = buffer.nextSeq;
  for (const record of page.lines) {
    const open = openLine(lines, record.stream);
    if (open >= 0) {
      const line = lines[open]!;
      const text = (line.text + record.text).slice(-LONGEST_LINE);
      lines[open] = { ...line, text, open: record.partial, progress: isProgress({ ...record, text }) };
      continue;
    }
    const { atMs, stream, text, partial } = record;
    lines.push({ seq: nextSeq, atMs, stream, text, open: partial, progress: isProgress(record) });
    nextSeq += 1;
  }
  const kept = withoutProgress(lines, lines.length - MOST_LINES);
  return {
    lines: kept.slice(-MOST_LINES),
    cursor: page.cursor,
    nextSeq,
    trimmed: buffer.trimmed || kept.length > MOST_LINES,
    trimmedProgress: buffer.trimmedProgress || kept.length < lines.length,
    dropped: buffer.dropped || page.dropped,
    end: page.end
  };
}

/** A line that goes on may become anything. */
function isProgress({ stream, text, partial }: LogLine): boolean {
  return stream === 'stdout' && !partial && isProgressLine(text);
}

/** Without the first progress lines, as many as `surplus` or as there are. */
function withoutProgress(lines: readonly IShownLine[], surplus: number): readonly IShownLine[] {
  if (surplus <= 0) return lines;
  let left = surplus;
  return lines.filter(({ progress }) => {
    if (!progress || left === 0) return true;
    left -= 1;
    return false;
  });
}

/** Where the line is that goes on, looking back a little; -1 where none does. */
function openLine(lines: readonly IShownLine[], stream: LogLine['stream']): number {
  for (let index = lines.length - 1; index >= Math.max(0, lines.length - 50); index -= 1) {
    const line = lines[index]!;
    if (line.stream === stream) return line.open ? index : -1;
  }
  return -1;
}
