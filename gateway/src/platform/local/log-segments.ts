/**
 * The log of one rank on disk: numbered segment files of JSON lines, made by the launcher, of which the oldest are
 * deleted beyond a bound. A place in the log is a segment and a byte offset in it, always right after a whole line.
 */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A place in the log. */
export interface LogPlace {
  readonly segment: number;
  readonly offset: number;
}

export const LOG_START: LogPlace = { segment: 0, offset: 0 };

/** Whole lines of one segment, as bytes without judgement of what is in them. */
export interface LogChunk {
  /** Whole lines only; may be empty. */
  readonly data: Buffer;
  /** Where `data` begins. */
  readonly at: LogPlace;
  /** Lines between the place asked for and `at` are gone. */
  readonly dropped: boolean;
  /** Where to go on after all of `data`. */
  readonly after: LogPlace;
}

/** The numbers of the segments that exist, in order; none when there is no such log. */
export async function segmentsOf(folder: string): Promise<number[]> {
  try {
    const names = await readdir(folder);
    const numbers = names
      .filter(name => /^\d+\.jsonl$/.test(name))
      .map(name => Number(name.slice(0, -'.jsonl'.length)));
    return numbers.sort((a, b) => a - b);
  } catch (error: unknown) {
    if (isGone(error)) return [];
    throw error;
  }
}

/**
 * The whole lines from `place` on, at most `maxBytes` of them (one line may exceed that). `undefined` when there is
 * nothing now: the caller asks again later from the same place.
 */
export async function readChunk(folder: string, place: LogPlace, maxBytes: number): Promise<LogChunk | undefined> {
  let at = place;
  let dropped = false;
  for (;;) {
    // the order matters: a segment that has a successor before it is read is complete in what is read
    const segments = await segmentsOf(folder);
    const next = segments.find(number => number > at.segment);
    const read = segments.includes(at.segment)
      ? await readLines(pathOf(folder, at.segment), at.offset, maxBytes)
      : null;
    if (read !== null && read.data.length > 0) {
      const isDone = read.reachedEnd && next !== undefined;
      const after = isDone ? { segment: next, offset: 0 } : { ...at, offset: at.offset + read.data.length };
      return { data: read.data, at, dropped, after };
    }
    if (next === undefined) return undefined;
    // a segment that was deleted before we came to its end; a torn line at the end of a finished one is nobody's
    dropped ||= read === null;
    at = { segment: next, offset: 0 };
  }
}

/** The place right after the first `bytes` of the chunk. */
export function placeAfter(chunk: LogChunk, bytes: number): LogPlace {
  return bytes === chunk.data.length ? chunk.after : { ...chunk.at, offset: chunk.at.offset + bytes };
}

/** All whole lines of one segment; `null` when it is gone. */
export async function readSegment(folder: string, segment: number): Promise<Buffer | null> {
  return (await readLines(pathOf(folder, segment), 0, Number.MAX_SAFE_INTEGER))?.data ?? null;
}

function pathOf(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(6, '0')}.jsonl`);
}

async function readLines(
  path: string,
  offset: number,
  maxBytes: number
): Promise<{ data: Buffer; reachedEnd: boolean } | null> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error: unknown) {
    if (isGone(error)) return null;
    throw error;
  }
  try {
    const size = Math.max(0, (await file.stat()).size - offset);
    let wanted = Math.min(size, maxBytes);
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset);
      const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      if (end > 0 || wanted >= size) return { data: buffer.subarray(0, end), reachedEnd: wanted >= size };
      wanted = Math.min(size, wanted * 2); // a line longer than what was asked for
    }
  } finally {
    await file.close();
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
