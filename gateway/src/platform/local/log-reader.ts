/**
 * Pages of one rank's log. A page's cursor points exactly after the last whole record it looked at, so that going on from
 * it neither loses nor doubles a line, however the log grows meanwhile; what was deleted in between is said (`dropped`).
 */
import { z } from 'zod';
import type { LogLine, LogPage, LogQuery } from '../../contract/index.js';
import { LOG_START, placeAfter, readChunk, readSegment, segmentsOf } from './log-segments.js';
import type { LogChunk, LogPlace } from './log-segments.js';

/** How much one call reads at most, however few lines match. */
export const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

const LogRecord = z.object({
  t: z.number(),
  s: z.enum(['o', 'e', 'x']),
  m: z.string(),
  p: z.boolean().optional()
});
const STREAMS = { o: 'stdout', e: 'stderr', x: 'note' } as const;

/** What of a query is about the place in the log and the choice of lines. */
export type PageQuery = Pick<LogQuery, 'cursor' | 'tail' | 'contains' | 'limit'>;
export type Page = Pick<LogPage, 'lines' | 'cursor' | 'dropped' | 'end'>;

/**
 * Reads the next page of the log in `folder`, which need not exist yet.
 *
 * @param isFinal nothing is written there any more; asked before the log is read.
 */
export async function readLogPage(folder: string, query: PageQuery, isFinal: boolean): Promise<Page> {
  const wanted = query.contains?.toLowerCase() ?? '';
  const from = await startOf(folder, query, wanted);
  const lines: LogLine[] = [];
  let { place, dropped } = from;
  let bytesLeft = MAX_PAGE_BYTES;
  while (bytesLeft > 0 && lines.length < query.limit) {
    const chunk = await readChunk(folder, place, Math.min(CHUNK_BYTES, bytesLeft));
    if (chunk === undefined) return { lines, cursor: cursorOf(place), dropped, end: isFinal };
    const bytes = takeLines(chunk, wanted, query.limit, lines);
    place = placeAfter(chunk, bytes);
    bytesLeft -= bytes;
    dropped ||= chunk.dropped;
  }
  return { lines, cursor: cursorOf(place), dropped, end: false };
}

/** The whole log as text, in pieces; partial records are joined again. */
export async function* readLogText(folder: string): AsyncGenerator<string> {
  let place = LOG_START;
  for (;;) {
    const chunk = await readChunk(folder, place, CHUNK_BYTES);
    if (chunk === undefined) return;
    if (chunk.dropped) yield '… older output was deleted to keep the disk bounded …\n';
    place = chunk.after;
    let text = '';
    for (const { line } of linesOf(chunk.data)) text += line.partial ? line.text : `${line.text}\n`;
    yield text;
  }
}

async function startOf(
  folder: string,
  query: PageQuery,
  wanted: string
): Promise<{ place: LogPlace; dropped: boolean }> {
  if (query.cursor !== undefined) {
    const [segment, offset] = query.cursor.split(':').map(Number);
    return { place: { segment: segment ?? 0, offset: offset ?? 0 }, dropped: false };
  }
  if (query.tail === undefined) return { place: LOG_START, dropped: false };
  return tailStart(folder, query.tail, wanted);
}

/** Goes back segment by segment until enough lines match or enough was read. */
async function tailStart(folder: string, tail: number, wanted: string): Promise<{ place: LogPlace; dropped: boolean }> {
  const segments = await segmentsOf(folder);
  let place = LOG_START;
  let bytes = 0;
  let missing = tail;
  for (const segment of segments.toReversed()) {
    const data = await readSegment(folder, segment);
    if (data === null) break; // deleted meanwhile: older ones are gone as well
    place = { segment, offset: 0 };
    const starts = [...linesOf(data)].filter(({ line }) => isMatch(line, wanted)).map(({ start }) => start);
    const first = starts.at(-missing);
    if (first !== undefined) return { place: { segment, offset: first }, dropped: false };
    missing -= starts.length;
    bytes += data.length;
    if (bytes >= MAX_PAGE_BYTES) return { place, dropped: false };
  }
  return { place, dropped: (segments[0] ?? 0) > 0 };
}

/** Adds matching lines until there are `limit`; returns how many bytes were dealt with. */
function takeLines(chunk: LogChunk, wanted: string, limit: number, lines: LogLine[]): number {
  for (const { line, end } of linesOf(chunk.data)) {
    if (isMatch(line, wanted)) lines.push(line);
    if (lines.length === limit) return end;
  }
  return chunk.data.length;
}

function isMatch(line: LogLine, wanted: string): boolean {
  return wanted === '' || line.text.toLowerCase().includes(wanted);
}

/** The records of whole lines; what is no record (a cut in the middle of a file system's crash) is passed over. */
function* linesOf(data: Buffer): Generator<{ line: LogLine; start: number; end: number }> {
  for (let start = 0; start < data.length;) {
    const end = data.indexOf(10, start) + 1;
    const line = lineOf(data.toString('utf8', start, end - 1));
    if (line !== undefined) yield { line, start, end };
    start = end;
  }
}

function lineOf(text: string): LogLine | undefined {
  try {
    const { t, s, m, p } = LogRecord.parse(JSON.parse(text));
    return { atMs: Math.max(0, Math.trunc(t)), stream: STREAMS[s], text: m, partial: p === true };
  } catch {
    return undefined;
  }
}

function cursorOf(place: LogPlace): string {
  return `${place.segment}:${place.offset}`;
}
