/** The section Compute of the Berth panel; what it shows is loaded when the panel is first seen. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IComputeProps } from './compute.js';
import { UsageFeed } from './usage/usage-feed.js';

const Compute = lazy(async () => ({ default: (await import('./compute.js')).Compute }));

/** Asks how busy everything is only while it is in sight. */
export class ComputeSection extends ReactWidget {
  constructor(private readonly _props: Omit<IComputeProps, 'usage'>) {
    super();
    this.addClass('jp-BerthPanel-section');
    this.title.label = _props.trans.__('Compute');
    this._usage = new UsageFeed(_props.gateway.client);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this._usage.dispose();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) this._usage.start();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._usage.start();
  }

  protected override onAfterHide(message: Message): void {
    this._usage.stop();
    super.onAfterHide(message);
  }

  protected override onBeforeDetach(message: Message): void {
    this._usage.stop();
    super.onBeforeDetach(message);
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={<p className="jp-BerthEmpty">{this._props.trans.__('Loading…')}</p>}>
        <Compute {...this._props} usage={this._usage} />
      </Suspense>
    );
  }

  private readonly _usage: UsageFeed;
}
