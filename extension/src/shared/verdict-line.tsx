/** What would happen now, in one sentence, with what should be known before. */
import type { Problem } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatBytes } from './byte-size.js';
import { ErrorBox } from './error-box.js';
import { ProblemText } from './problem-text.js';
import type { IVerdictState } from './use-verdict.js';

export interface IVerdictLineProps {
  readonly state: IVerdictState;
  /** The form is no request yet, so that nothing can be said. */
  readonly incomplete: boolean;
  /** Problems that no field of the form shows. */
  readonly problems: readonly Problem[];
  readonly trans: TranslationBundle;
}

export function VerdictLine({ state, incomplete, problems, trans }: IVerdictLineProps): ReactElement {
  const { verdict, error, pending } = state;
  return (
    <div className="jp-BerthVerdict" data-verdict={verdict?.verdict} data-pending={pending}>
      <p className="jp-BerthVerdict-line" role="status" aria-live="polite">
        <Sentence state={state} incomplete={incomplete} trans={trans} />
      </p>
      {error !== null && <ErrorBox error={error} trans={trans} />}
      {problems.length > 0 && (
        <ul className="jp-BerthVerdict-problems" aria-label={trans.__('Problems')}>
          {problems.map((problem, index) => (
            <li key={index}>
              <ProblemText problem={problem} />
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

type SentenceProps = Omit<IVerdictLineProps, 'problems'>;

function Sentence({ state: { verdict, error }, incomplete, trans }: SentenceProps): ReactElement | null {
  if (verdict === null) {
    if (error !== null) return null;
    return <>{incomplete ? trans.__('Please complete the form.') : trans.__('Checking…')}</>;
  }
  const words = { now: trans.__('Now'), wait: trans.__('Wait'), never: trans.__('Not possible') };
  return (
    <>
      <strong className="jp-BerthVerdict-word">{words[verdict.verdict]}</strong> · {verdict.message}
    </>
  );
}
