/**
 * Follows the logs of a live attempt: what is new in them, and the progress that its ranks report. It reads each byte
 * once and keeps its places in memory only: after a restart it reads what is still there from the start.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseProgressLine } from '@berth/operator/plan';
import { LOG_START, readChunk } from './log-segments.js';
import type { LogPlace } from './log-segments.js';
import { addReport } from './run-progress.js';
import type { RunProgress } from './run-progress.js';

const CHUNK_BYTES = 1024 * 1024;
/** What one look takes of one log at most, so that a loud rank does not hold up the others. */
const CHUNKS_PER_LOOK = 4;
/** As it stands in a record: the text of a line is JSON inside JSON. */
const MARK = Buffer.from('\\"berth\\"');

export class ProgressTail {
  private readonly places = new Map<string, LogPlace>();

  /** @param progress where to go on from: what earlier attempts have reported, if this one resumes them. */
  constructor(
    private readonly logsFolder: string,
    public progress: RunProgress
  ) {}

  /** Takes in what is new; true when a log has grown. */
  async look(chunksPerLog = CHUNKS_PER_LOOK): Promise<boolean> {
    const names = await readdir(this.logsFolder).catch(() => []);
    let hasGrown = false;
    for (const name of names) {
      for (let count = 0; count < chunksPerLog && (await this.lookAt(name)); count += 1) hasGrown = true;
    }
    return hasGrown;
  }

  /** Takes in all that is left, when nobody writes any more. */
  async finish(): Promise<boolean> {
    return this.look(Infinity);
  }

  private async lookAt(name: string): Promise<boolean> {
    const chunk = await readChunk(join(this.logsFolder, name), this.places.get(name) ?? LOG_START, CHUNK_BYTES);
    if (chunk === undefined) return false;
    this.places.set(name, chunk.after);
    if (/^\d+$/.test(name)) this.takeReports(Number(name), chunk.data);
    return true;
  }

  /** Most lines report nothing; only those with the mark are parsed. */
  private takeReports(rank: number, data: Buffer): void {
    for (let at = data.indexOf(MARK); at >= 0;) {
      const end = data.indexOf(10, at);
      const start = data.lastIndexOf(10, at) + 1;
      const report = reportOf(data.toString('utf8', start, end));
      if (report !== undefined) this.progress = addReport(this.progress, rank, report);
      at = data.indexOf(MARK, end);
    }
  }
}

function reportOf(text: string): ReturnType<typeof parseProgressLine> {
  try {
    const record = JSON.parse(text) as { s?: unknown; m?: unknown };
    return record.s === 'o' && typeof record.m === 'string' ? parseProgressLine(record.m) : undefined;
  } catch {
    return undefined;
  }
}
