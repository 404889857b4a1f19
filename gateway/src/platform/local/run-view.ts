/** Decides what a person sees of a run, from its record and what was last seen of it. */
import type { RunReason } from '@berth/operator/plan';
import type { AttemptView, RankView, RunView } from '../../contract/index.js';
import type { RankRecord } from './attempt-files.js';
import { progressView } from './run-progress.js';
import type { AttemptRecord, RunRecord } from './run-record.js';
import type { TrackedRun } from './tracked-run.js';
import { blockedNames } from './verdict-view.js';

type Seen = Pick<
  TrackedRun,
  'record' | 'status' | 'place' | 'ranks' | 'results' | 'saveProblem' | 'isFinal' | 'tail' | 'damage' | 'sight'
>;

/** The view of a run as of now. */
export function runView(run: Seen): RunView {
  const { record, status } = run;
  return {
    id: record.id,
    name: record.stem,
    notebook: record.request.notebook,
    phase: status.phase,
    reason: reasonOf(run),
    position: positionOf(run),
    submittedAtMs: record.submittedAtMs,
    startedAtMs: record.attempts[0]?.startedAtMs ?? null,
    endedAtMs: run.isFinal ? endOf(record) : null,
    request: record.request,
    environmentHash: record.environmentHash,
    lockHash: record.lockHash,
    devices: record.attempts.at(-1)?.devices ?? [],
    bundle: record.bundle,
    ...progressView(run.tail?.progress ?? record.progress),
    attempts: record.attempts.map(attempt => attemptView(attempt, run)),
    results: { folder: `${record.resultsFolder}/${record.id}`, ...run.results },
    actions: actionsOf(run)
  };
}

/** A rank as it is shown. */
export function rankView({ rank, endedAtMs, exitCode, signal, lastError }: RankRecord): RankView {
  return {
    rank,
    state: endedAtMs === null ? 'running' : 'ended',
    exitCode,
    signal,
    lastError
  };
}

function positionOf({ place, status }: Seen): number | null {
  return place?.place === 'waiting' && status.reason?.code === 'WaitingForCompute' ? place.position : null;
}

function endOf({ ended, attempts }: RunRecord): number | null {
  return ended?.endedAtMs ?? attempts.at(-1)?.endedAtMs ?? null;
}

function reasonOf({ status, place, record, saveProblem }: Seen): RunView['reason'] {
  const reason = status.reason ?? null;
  if (saveProblem !== undefined) {
    const message = `What has changed could not be saved and is tried again: ${saveProblem}`;
    return { code: 'StorageFull', message: [reason?.message, message].filter(Boolean).join(' ') };
  }
  if (reason?.code !== 'WaitingForCompute' || place === undefined) return reason;
  const code: RunReason = 'WaitingForCompute';
  const { offer, processes } = record.request;
  if (place.place === 'impossible') {
    return { code, message: `Waiting for a machine with ${processes} slots on ${offer}; this one has fewer now.` };
  }
  if (place.place === 'waiting') {
    const others = blockedNames(place.blockedBy);
    const kept = others === '' ? '' : ` Some of it is kept busy by ${others}.`;
    return { code, message: `Waiting for compute on ${offer}, place ${place.position} in line.${kept}` };
  }
  return reason;
}

function attemptView(attempt: AttemptRecord, { ranks: liveRanks, sight }: Seen): AttemptView {
  const { number, startedAtMs, endedAtMs, resumed, outcome } = attempt;
  return {
    number,
    startedAtMs,
    endedAtMs,
    resumed,
    cause: outcome?.cause ?? null,
    message: outcome?.message ?? (sight.host === undefined ? '' : `It runs on the machine ${sight.host}.`),
    ranks: outcome === null ? liveRanks.map(rankView) : attempt.ranks
  };
}

function actionsOf({ status, isFinal, damage }: Seen): RunView['actions'] {
  if (damage !== undefined) return ['delete'];
  if (!isFinal) return status.phase === 'Stopping' ? [] : ['cancel'];
  return status.phase === 'Succeeded' ? ['delete'] : ['retry', 'delete'];
}
