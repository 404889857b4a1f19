/** What the banner of one notebook knows and does: its kernel was stopped for being idle, and comes back in one click. */
import type { Offer } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { shortText } from '../../compute/compute-words.js';
import { parseWish, type IWish } from '../../compute/picker/wish.js';
import { CommandIDs } from '../../shared/command-ids.js';
import { toGatewayError } from '../../shared/gateway-error.js';
import { environmentOf, kernelspecOf } from '../../shared/kernelspec.js';
import type { IIdle, IPins } from '../../shared/tokens.js';
import type { ActivityStop, IKept } from '../words/stop-words.js';
import { planResume, resumeKernel } from './resume-kernel.js';
import { setupCells } from './setup-cells.js';
import { stopOfNotebook } from './stop-of-notebook.js';

export interface INotebookBannerOptions {
  readonly panel: NotebookPanel;
  readonly idle: IIdle;
  readonly commands: JupyterFrontEnd['commands'];
  readonly contents: Contents.IManager;
  /** Looks now which sessions there are: Lab does so by itself every ten seconds. */
  readonly refreshSessions: () => Promise<void>;
  /** Ids of the kernels that sessions of this notebook have now, on whichever page. */
  readonly kernelsOf: (path: string) => readonly string[];
  /** Runs cells in order; an error in one leaves the rest alone, and shows in its cell. */
  readonly runCells: (panel: NotebookPanel, cells: readonly Cell[]) => Promise<unknown>;
  readonly pins: IPins | null;
  readonly offers: () => readonly Offer[];
  readonly trans: TranslationBundle;
}

/** `resuming`: the kernel is asked for. `waiting`: its compute is not free yet. */
export type BannerStep = 'offered' | 'resuming' | 'waiting';

/** All that is shown; another object whenever anything is different. */
export interface IBannerView {
  readonly stop: ActivityStop;
  readonly hasKernel: boolean;
  readonly setupCells: number;
  readonly kept: IKept;
  readonly step: BannerStep;
  readonly error: string | null;
}

export class NotebookBanner implements IDisposable {
  /** @param _options - Of a panel whose document is there. */
  constructor(private readonly _options: INotebookBannerOptions) {
    const { panel, idle } = _options;
    this._view = this._look();
    idle.model.changed.connect(this._update, this);
    panel.sessionContext.kernelChanged.connect(this._update, this);
    panel.sessionContext.sessionChanged.connect(this._update, this);
    panel.context.pathChanged.connect(this._update, this);
    void this._noteGone();
  }

  /** Null: there is nothing to tell. */
  get view(): IBannerView | null {
    return this._view;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** This notebook has done with a stop. */
  get done(): ISignal<this, string> {
    return this._done;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Starts the kernel unless there is one already, then runs the setup cells where that is wanted. */
  async resume(withSetup: boolean): Promise<void> {
    const view = this._view;
    if (view === null || this._step !== 'offered') return;
    this._set('resuming', null);
    try {
      if (!view.hasKernel && !(await this._start(view.stop))) return this._set('offered', null);
      await this._whenKernel(view.stop);
      if (this._isDisposed) return;
      this._finish(view.stop.id);
      if (withSetup) await this._runSetupCells();
    } catch (thrown: unknown) {
      this._set('offered', toGatewayError(thrown).message);
    }
  }

  /** The person has seen it. */
  async dismiss(): Promise<void> {
    if (this._view !== null) await this._options.idle.desk.dismiss(this._view.stop.id);
  }

  report(text: string): Promise<string> {
    const stopId = this._view?.stop.id ?? null;
    return this._options.idle.desk.report({ subject: null, stopId, text });
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    const { panel, idle } = this._options;
    idle.model.changed.disconnect(this._update, this);
    panel.sessionContext.kernelChanged.disconnect(this._update, this);
    panel.sessionContext.sessionChanged.disconnect(this._update, this);
    panel.context.pathChanged.disconnect(this._update, this);
    Signal.clearData(this);
  }

  private async _start(stop: ActivityStop): Promise<boolean> {
    const { panel, commands, refreshSessions, trans } = this._options;
    await refreshSessions();
    const other = this._kernelElsewhere(stop);
    if (other !== undefined) {
      await panel.sessionContext.changeKernel({ id: other });
      return true;
    }
    const plan = planResume(this._specs(stop), this._wish, commands.hasCommand(CommandIDs.resumeCompute));
    if (plan.kind === 'unknown') throw new Error(trans.__('Which kernel it had is not known: choose one.'));
    return resumeKernel(panel, plan, commands);
  }

  /** Another page may have given this notebook a kernel already: a second one would hold as much again. */
  private _kernelElsewhere(stop: ActivityStop): string | undefined {
    const { panel, contents, kernelsOf } = this._options;
    return kernelsOf(contents.localPath(panel.context.path)).find(id => !isStopped(id, stop));
  }

  private async _runSetupCells(): Promise<void> {
    const { panel, runCells } = this._options;
    await runCells(panel, setupCells(panel.content));
  }

  /** What it was started from, what the notebook says, what it is pinned to. */
  private _specs({ kernelName }: ActivityStop): (string | null)[] {
    const { panel, pins } = this._options;
    const pinned = pins?.stateOf(panel).environment ?? null;
    return [kernelName, panel.context.model.defaultKernelName, pinned === null ? null : kernelspecOf(pinned)];
  }

  private get _wish(): IWish | null {
    return parseWish(this._options.panel.context.model.getMetadata('berth'));
  }

  private _hasKernel(stop: ActivityStop): boolean {
    const kernel = this._options.panel.sessionContext.session?.kernel;
    return kernel !== null && kernel !== undefined && kernel.status !== 'dead' && !isStopped(kernel.id, stop);
  }

  /** A session goes on as if its kernel were there until Lab looks. */
  private async _noteGone(): Promise<void> {
    const { panel, refreshSessions } = this._options;
    const kernel = panel.sessionContext.session?.kernel;
    if (kernel && this._view !== null && isStopped(kernel.id, this._view.stop)) await refreshSessions();
  }

  /** A kernel whose compute is not free comes when it is its turn. */
  private async _whenKernel(stop: ActivityStop): Promise<void> {
    if (this._hasKernel(stop)) return;
    this._set('waiting', null);
    const { kernelChanged } = this._options.panel.sessionContext;
    await new Promise<void>(resolve => {
      const look = (): void => {
        if (!this._hasKernel(stop)) return;
        kernelChanged.disconnect(look, this);
        resolve();
      };
      kernelChanged.connect(look, this);
    });
  }

  private _finish(stopId: string): void {
    this._seen.add(stopId);
    this._set('offered', null);
    this._done.emit(stopId);
  }

  private _set(step: BannerStep, error: string | null): void {
    this._step = step;
    this._error = error;
    this._update();
  }

  private _look(): IBannerView | null {
    const { panel, idle, contents, offers } = this._options;
    const path = contents.localPath(panel.context.path);
    const stop = stopOfNotebook(idle.model.state.view?.stops ?? [], path, this._seen);
    if (stop === null) return null;
    const wish = this._wish;
    const spec = this._specs(stop).find(it => it !== null && it !== '') ?? '';
    return {
      stop,
      hasKernel: this._hasKernel(stop),
      setupCells: setupCells(panel.content).length,
      kept: { environment: environmentOf(spec), compute: wish === null ? null : shortText(offers(), wish) },
      step: this._step,
      error: this._error
    };
  }

  private readonly _update = (): void => {
    if (this._isDisposed) return;
    const view = this._look();
    if (view === null && this._view === null) return;
    const isOther = view?.stop.id !== this._view?.stop.id;
    this._view = view;
    this._changed.emit();
    if (isOther) void this._noteGone();
  };

  private readonly _changed = new Signal<this, void>(this);
  private readonly _done = new Signal<this, string>(this);
  private readonly _seen = new Set<string>();
  private _view: IBannerView | null;
  private _step: BannerStep = 'offered';
  private _error: string | null = null;
  private _isDisposed = false;
}

/** Is this the kernel that was stopped? */
function isStopped(kernelId: string, { subject }: ActivityStop): boolean {
  return subject.kind === 'kernel' && subject.id === kernelId;
}
