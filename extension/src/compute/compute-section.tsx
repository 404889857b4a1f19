/** The section Compute of the Berth panel; what it shows is loaded when the panel is first seen. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IComputeProps } from './compute.js';

const Compute = lazy(async () => ({ default: (await import('./compute.js')).Compute }));

export class ComputeSection extends ReactWidget {
  constructor(private readonly _props: IComputeProps) {
    super();
    this.addClass('jp-BerthPanel-section');
    this.title.label = _props.trans.__('Compute');
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={<p className="jp-BerthEmpty">{this._props.trans.__('Loading…')}</p>}>
        <Compute {...this._props} />
      </Suspense>
    );
  }
}
