/** The page of a run as the content of a tab; what it shows is loaded with the first page. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IRunPageProps } from './run-page.js';

const RunPage = lazy(async () => ({ default: (await import('./run-page.js')).RunPage }));

export class RunPageWidget extends ReactWidget {
  constructor(private readonly _props: IRunPageProps) {
    super();
    this.addClass('jp-BerthRunPage');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _props.trans.__('Run'));
    this.node.tabIndex = -1;
  }

  get runId(): string {
    return this._props.runId;
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={<p className="jp-BerthEmpty">{this._props.trans.__('Loading…')}</p>}>
        <RunPage {...this._props} />
      </Suspense>
    );
  }
}
