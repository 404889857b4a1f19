/** The section Idle of the Berth panel; what it shows is loaded when the panel is first seen, and asked for while it is. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';
import type { Message } from '@lumino/messaging';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IIdlePanelProps } from './idle-panel.js';

const IdlePanel = lazy(async () => ({ default: (await import('./idle-panel.js')).IdlePanel }));

/** A push has no timelines; they grow with each reading. */
const LOOK_EVERY_MS = 15_000;

export class IdleSection extends ReactWidget {
  constructor(private readonly _props: IIdlePanelProps) {
    super();
    this.addClass('jp-BerthPanel-section');
    this.title.label = _props.trans.__('Idle');
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this._stop();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) this._start();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._start();
  }

  protected override onAfterHide(message: Message): void {
    this._stop();
    super.onAfterHide(message);
  }

  protected override onBeforeDetach(message: Message): void {
    this._stop();
    super.onBeforeDetach(message);
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={<p className="jp-BerthEmpty">{this._props.trans.__('Loading…')}</p>}>
        <IdlePanel {...this._props} />
      </Suspense>
    );
  }

  private _start(): void {
    this._poll ??= new Poll({
      name: '@berth/extension:idle-timelines',
      factory: async () => this._props.model.refresh(),
      frequency: { interval: LOOK_EVERY_MS, backoff: false },
      standby: 'when-hidden'
    });
  }

  private _stop(): void {
    this._poll?.dispose();
    this._poll = null;
  }

  private _poll: Poll<void> | null = null;
}
