/** What would happen now, in one sentence, with what should be known before. */
import type { Problem, Verdict } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatBytes } from '../../shared/byte-size.js';
import { ErrorBox } from '../../shared/error-box.js';
import type { IVerdictState } from './use-verdict.js';

export interface IVerdictLineProps {
  readonly state: IVerdictState;
  /** Problems that no field of the form shows. */
  readonly problems: readonly Problem[];
  readonly trans: TranslationBundle;
}

export function VerdictLine({ state, problems, trans }: IVerdictLineProps): ReactElement {
  const { verdict, error, pending } = state;
  return (
    <div className="jp-BerthVerdict" data-verdict={verdict?.verdict} data-pending={pending}>
      <p className="jp-BerthVerdict-line" role="status" aria-live="polite">
        {verdict === null ? error === null && trans.__('Checking…') : <Sentence verdict={verdict} trans={trans} />}
      </p>
      {error !== null && <ErrorBox error={error} trans={trans} />}
      {problems.length > 0 && (
        <ul className="jp-BerthVerdict-problems" aria-label={trans.__('Problems')}>
          {problems.map((problem, index) => (
            <li key={index}>
              <strong>{problem.field}</strong>: {problem.message}
            </li>
          ))}
        </ul>
      )}
      {verdict !== null && verdict.warnings.length > 0 && (
        <ul className="jp-BerthVerdict-warnings" aria-label={trans.__('Warnings')}>
          {verdict.warnings.map((warning, index) => (
            <li key={index}>{warning}</li>
          ))}
        </ul>
      )}
      {verdict?.bundle && (
        <p className="jp-BerthVerdict-bundle">
          {trans._n(
            'The notebook’s folder goes along: %1 file, %2.',
            'The notebook’s folder goes along: %1 files, %2.',
            verdict.bundle.files,
            formatBytes(verdict.bundle.bytes)
          )}
        </p>
      )}
    </div>
  );
}

function Sentence({ verdict, trans }: { readonly verdict: Verdict; readonly trans: TranslationBundle }): ReactElement {
  const words = { now: trans.__('Now'), wait: trans.__('Wait'), never: trans.__('Not possible') };
  const place = verdict.position === null ? '' : ` (${trans.__('place %1 in the queue', verdict.position)})`;
  return (
    <>
      <strong className="jp-BerthVerdict-word">{words[verdict.verdict]}</strong> · {verdict.message}
      {place}
    </>
  );
}
