/** The attempts of a run, newest first, with why each ended and how each rank did. */
import type { AttemptView, RankView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatElapsed } from '../../shared/elapsed.js';
import { causeLabel } from '../run-phase.js';

export interface IAttemptListProps {
  readonly attempts: readonly AttemptView[];
  readonly now: number;
  readonly trans: TranslationBundle;
}

export function AttemptList({ attempts, now, trans }: IAttemptListProps): ReactElement {
  if (attempts.length === 0) return <p className="jp-BerthEmpty">{trans.__('It has not been started yet.')}</p>;
  return (
    <ol className="jp-BerthAttempts" aria-label={trans.__('Attempts')} reversed>
      {[...attempts].reverse().map((attempt, index) => (
        <li key={attempt.number} value={attempt.number}>
          <details open={index === 0}>
            <summary>
              <strong>{trans.__('Attempt %1', attempt.number)}</strong> ·{' '}
              {attempt.cause === null ? trans.__('going on') : causeLabel(attempt.cause, trans)} ·{' '}
              {formatElapsed((attempt.endedAtMs ?? now) - attempt.startedAtMs)}
              {attempt.resumed && ` · ${trans.__('resumed from the checkpoint')}`}
            </summary>
            {attempt.message !== '' && <p className="jp-BerthAttempts-message">{attempt.message}</p>}
            <ul className="jp-BerthAttempts-ranks" aria-label={trans.__('Ranks of attempt %1', attempt.number)}>
              {attempt.ranks.map(rank => (
                <Rank key={rank.rank} rank={rank} trans={trans} />
              ))}
            </ul>
          </details>
        </li>
      ))}
    </ol>
  );
}

function Rank({ rank, trans }: { readonly rank: RankView; readonly trans: TranslationBundle }): ReactElement {
  return (
    <li>
      {trans.__('Rank %1', rank.rank)}: {rankEnd(rank, trans)}
      {rank.lastError !== null && <code className="jp-BerthAttempts-error">{rank.lastError}</code>}
    </li>
  );
}

function rankEnd({ state, exitCode, signal }: RankView, trans: TranslationBundle): string {
  if (state === 'running') return trans.__('running');
  if (signal !== null) return trans.__('killed by %1', signal);
  if (exitCode !== null) return trans.__('ended with code %1', exitCode);
  return trans.__('ended');
}
