/**
 * The lines that are shown of one log. Pure: a page makes a new buffer out of an old one.
 * It holds the last 5,000 lines, so that a log that never ends does not fill the browser.
 */
import type { LogLine, LogPage } from '@berth/gateway/contract';

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
}

export interface ILogBuffer {
  readonly lines: readonly IShownLine[];
  /** Where the next page begins; null before the first. */
  readonly cursor: string | null;
  readonly nextSeq: number;
  /** Lines at the beginning were let go to keep the buffer bounded. */
  readonly trimmed: boolean;
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
      lines[open] = { ...line, text: (line.text + record.text).slice(-LONGEST_LINE), open: record.partial };
      continue;
    }
    const { atMs, stream, text, partial } = record;
    lines.push({ seq: nextSeq, atMs, stream, text, open: partial });
    nextSeq += 1;
  }
  const surplus = Math.max(0, lines.length - MOST_LINES);
  return {
    lines: surplus === 0 ? lines : lines.slice(surplus),
    cursor: page.cursor,
    nextSeq,
    trimmed: buffer.trimmed || surplus > 0,
    dropped: buffer.dropped || page.dropped,
    end: page.end
  };
}

/** Where the line is that goes on, looking back a little; -1 where none does. */
function openLine(lines: readonly IShownLine[], stream: LogLine['stream']): number {
  for (let index = lines.length - 1; index >= Math.max(0, lines.length - 50); index -= 1) {
    const line = lines[index]!;
    if (line.stream === stream) return line.open ? index : -1;
  }
  return -1;
}
