/** Finds the log that somebody asks for, or says which there are. */
import { join } from 'node:path';
import { PlatformError } from '../../contract/index.js';
import type { LogPage, LogQuery } from '../../contract/index.js';
import { ATTEMPT_FILES } from './attempt-files.js';
import { readLogPage, readLogText } from './log-reader.js';
import type { AttemptRecord, RunRecord } from './run-record.js';
import type { RunStore } from './run-store.js';

export class RunLogs {
  constructor(private readonly store: RunStore) {}

  /** @throws PlatformError `not-found`, naming the attempts or ranks that there are. */
  async page(record: RunRecord, query: LogQuery): Promise<LogPage> {
    const attempt = attemptOf(record, query.attempt);
    const rank = rankOf(record, query.rank);
    const page = await readLogPage(this.folder(record, attempt, rank), query, attempt.outcome !== null);
    return { attempt: attempt.number, rank, ...page };
  }

  /** @throws PlatformError `not-found`, with the first piece. */
  async *text(record: RunRecord, query: Pick<LogQuery, 'rank' | 'attempt'>): AsyncGenerator<string> {
    const attempt = attemptOf(record, query.attempt);
    yield* readLogText(this.folder(record, attempt, rankOf(record, query.rank)));
  }

  private folder(record: RunRecord, attempt: AttemptRecord, rank: string): string {
    return join(this.store.attemptFolder(record.id, attempt.number), ATTEMPT_FILES.logs, rank);
  }
}

function attemptOf({ id, attempts }: RunRecord, wanted: number | undefined): AttemptRecord {
  const found = wanted === undefined ? attempts.at(-1) : attempts.find(attempt => attempt.number === wanted);
  if (found !== undefined) return found;
  if (attempts.length === 0) throw new PlatformError('not-found', `${id} has not started yet, so it has no logs.`);
  const there = attempts.length === 1 ? 'only attempt 1' : `attempts 1 to ${attempts.length}`;
  throw new PlatformError('not-found', `${id} has no attempt ${wanted}; there is ${there}.`);
}

function rankOf({ id, request }: RunRecord, wanted: string): string {
  if (wanted === 'launcher') return wanted;
  const rank = Number(wanted);
  if (Number.isInteger(rank) && rank >= 0 && rank < request.processes) return String(rank);
  const there = request.processes === 1 ? '0' : `0 to ${request.processes - 1}`;
  throw new PlatformError('not-found', `${id} has no rank ${wanted}; there are ${there} and "launcher".`);
}
