/** The section Environments of the Berth panel; what it shows is loaded when the panel is first seen. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IEnvironmentsProps } from './list/environments.js';

const Environments = lazy(async () => ({ default: (await import('./list/environments.js')).Environments }));

export class EnvironmentsSection extends ReactWidget {
  constructor(private readonly _props: IEnvironmentsProps) {
    super();
    this.addClass('jp-BerthPanel-section');
    this.title.label = _props.trans.__('Environments');
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={<p className="jp-BerthEmpty">{this._props.trans.__('Loading…')}</p>}>
        <Environments {...this._props} />
      </Suspense>
    );
  }
}
