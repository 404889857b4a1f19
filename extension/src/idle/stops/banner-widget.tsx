/** The banner as a widget above the cells of a notebook; as high as what it says. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { lazy, Suspense, type ReactElement } from 'react';
import type { IStopBannerProps } from './stop-banner.js';

const StopBanner = lazy(async () => ({ default: (await import('./stop-banner.js')).StopBanner }));

export class BannerWidget extends ReactWidget {
  constructor(private readonly _props: IStopBannerProps) {
    super();
    this.addClass('jp-BerthStopBannerBox');
    // A box panel asks its children for their least height once: it is told whenever that is another.
    this._sizes = new ResizeObserver(() => this._fit());
    this._elements = new MutationObserver(() => this._observe());
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this._sizes.disconnect();
    this._elements.disconnect();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._elements.observe(this.node, { childList: true });
    this._observe();
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={null}>
        <StopBanner {...this._props} />
      </Suspense>
    );
  }

  private _observe(): void {
    this._sizes.disconnect();
    for (const child of this.node.children) this._sizes.observe(child);
    this._fit();
  }

  private _fit(): void {
    const { firstElementChild: child } = this.node;
    const height = child instanceof HTMLElement ? child.offsetHeight : 0;
    if (height === this._height) return;
    this._height = height;
    this.node.style.minHeight = `${height}px`;
    this.parent?.fit();
  }

  private readonly _sizes: ResizeObserver;
  private readonly _elements: MutationObserver;
  private _height = 0;
}
