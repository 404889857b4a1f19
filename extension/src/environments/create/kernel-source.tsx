/** What would be pinned of the running kernel, and what cannot be. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { leftOut, pinnable } from './create-form.js';

export interface IKernelSourceProps {
  readonly facts: IKernelFacts | null;
  readonly trans: TranslationBundle;
}

export function KernelSource({ facts, trans }: IKernelSourceProps): ReactElement {
  if (facts === null) {
    return (
      <p className="jp-BerthDialog-note">{trans.__('Open a notebook with a running Python kernel, then try again.')}</p>
    );
  }
  const kept = pinnable(facts);
  const lost = leftOut(facts);
  return (
    <div className="jp-BerthDialog-note">
      <p>
        {trans._n(
          'Python %2 and %1 package at the version that the kernel has.',
          'Python %2 and %1 packages at the versions that the kernel has.',
          kept.length,
          facts.python
        )}
      </p>
      {lost.length > 0 && <p>{trans.__('Left out, for they did not come from an index: %1.', lost.join(', '))}</p>}
      <details>
        <summary>{trans.__('What will be pinned')}</summary>
        <ul className="jp-BerthPackages" aria-label={trans.__('What will be pinned')}>
          {kept.map(({ name, version }) => (
            <li key={name}>
              {name} {version}
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
