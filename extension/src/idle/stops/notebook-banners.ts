/** The banners of all open notebooks; a stop of the whole workspace is done with when all of them are. */
import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { BannerWidget } from './banner-widget.js';
import { NotebookBanner, type INotebookBannerOptions } from './notebook-banner.js';

export interface INotebookBannersOptions extends Omit<INotebookBannerOptions, 'panel' | 'runCells'> {
  readonly tracker: INotebookTracker;
}

export class NotebookBanners {
  constructor(private readonly _options: INotebookBannersOptions) {
    const { tracker } = _options;
    tracker.forEach(panel => void this._add(panel));
    tracker.widgetAdded.connect((_, panel) => void this._add(panel), this);
  }

  private async _add(panel: NotebookPanel): Promise<void> {
    await panel.context.ready;
    if (panel.isDisposed || this._open.has(panel)) return;
    const banner = new NotebookBanner({ ...this._options, panel, runCells });
    this._open.set(panel, banner);
    banner.changed.connect(() => this._show(panel, banner), this);
    banner.done.connect((_, stopId) => void this._finish(stopId), this);
    panel.disposed.connect(() => this._remove(panel), this);
    this._show(panel, banner);
  }

  private _show(panel: NotebookPanel, banner: NotebookBanner): void {
    const shown = this._widgets.get(panel);
    if (banner.view === null) {
      shown?.dispose();
      this._widgets.delete(panel);
    } else if (shown === undefined) {
      const widget = new BannerWidget({ banner, trans: this._options.trans });
      this._widgets.set(panel, widget);
      panel.contentHeader.addWidget(widget);
    }
  }

  private _remove(panel: NotebookPanel): void {
    this._open.get(panel)?.dispose();
    this._open.delete(panel);
    this._widgets.get(panel)?.dispose();
    this._widgets.delete(panel);
  }

  private async _finish(stopId: string): Promise<void> {
    const isShown = [...this._open.values()].some(({ view }) => view?.stop.id === stopId);
    if (!isShown) await this._options.idle.desk.dismiss(stopId);
  }

  private readonly _open = new Map<NotebookPanel, NotebookBanner>();
  private readonly _widgets = new Map<NotebookPanel, BannerWidget>();
}

function runCells({ content, sessionContext }: NotebookPanel, cells: readonly Cell[]): Promise<boolean> {
  return NotebookActions.runCells(content, cells, sessionContext);
}
