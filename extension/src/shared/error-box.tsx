/** A failure as a person sees it: the sentence, what was wrong where, and the two words that support asks for. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { GatewayError } from './gateway-error.js';
import { ProblemText } from './problem-text.js';

export interface IErrorBoxProps {
  readonly error: GatewayError;
  readonly trans: TranslationBundle;
}

export function ErrorBox({ error, trans }: IErrorBoxProps): ReactElement {
  return (
    <div className="jp-BerthError" role="alert">
      <p className="jp-BerthError-message">{error.message}</p>
      {error.problems.length > 0 && (
        <ul className="jp-BerthError-problems">
          {error.problems.map((problem, index) => (
            <li key={index}>
              <ProblemText problem={problem} />
            </li>
          ))}
        </ul>
      )}
      <p className="jp-BerthError-detail">{errorDetail(error, trans)}</p>
    </div>
  );
}

/** Code and request id, for a report. */
export function errorDetail(error: GatewayError, trans: TranslationBundle): string {
  return error.requestId === null
    ? trans.__('Code: %1', error.code)
    : trans.__('Code: %1 · request: %2', error.code, error.requestId);
}
