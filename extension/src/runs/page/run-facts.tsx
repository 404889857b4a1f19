/** What was asked for and what it left behind. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatBytes } from '../../shared/byte-size.js';

export interface IRunFactsProps {
  readonly run: RunView;
  readonly trans: TranslationBundle;
}

export function RunFacts({ run, trans }: IRunFactsProps): ReactElement {
  const { request, bundle } = run;
  const warnings = [...run.warnings, ...bundle.warnings];
  const facts: readonly (readonly [string, string])[] = [
    [trans.__('Notebook'), run.notebook],
    [trans.__('Submitted'), new Date(run.submittedAtMs).toLocaleString()],
    [trans.__('Compute'), `${request.offer} × ${request.processes} (${request.framework})`],
    [trans.__('Environment'), trans.__('%1 (%2)', request.environment, run.environmentHash.slice(0, 12))],
    [trans.__('Folder'), trans._n('%1 file, %2', '%1 files, %2', bundle.files, formatBytes(bundle.bytes))],
    [trans.__('Git commit'), commitText(run, trans)],
    [trans.__('Results'), resultsText(run, trans)],
    [trans.__('Run id'), run.id]
  ];
  return (
    <>
      <dl className="jp-BerthFacts">
        {facts.map(([name, value]) => (
          <div key={name} className="jp-BerthFacts-pair">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {warnings.length > 0 && (
        <ul className="jp-BerthVerdict-warnings" aria-label={trans.__('Warnings')}>
          {warnings.map((warning, index) => (
            <li key={index}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function commitText({ bundle }: RunView, trans: TranslationBundle): string {
  if (bundle.gitCommit === null) return trans.__('none');
  const commit = bundle.gitCommit.slice(0, 12);
  return bundle.gitDirty === true ? trans.__('%1 with changes', commit) : commit;
}

function resultsText({ results }: RunView, trans: TranslationBundle): string {
  const files = trans._n('%1 output file', '%1 output files', results.outputs);
  return results.checkpoint ? trans.__('%1, a checkpoint', files) : files;
}
