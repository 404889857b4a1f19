/** Live runs in Lab's panel "Running Terminals and Kernels". */
import type { RunView } from '@berth/gateway/contract';
import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IGatewayModel } from '../shared/gateway-model.js';
import { berthIcon } from '../shared/icons.js';
import { isFinal, phaseLabel } from './run-phase.js';
import { runTitle } from './run-title.js';

export interface IRunningRunsOptions {
  readonly model: IGatewayModel;
  readonly trans: TranslationBundle;
  readonly open: (runId: string) => void;
  /** @param confirmed - The panel has asked: it does for all at once, not for one. */
  readonly cancel: (runId: string, confirmed: boolean) => void;
}

export class RunningRuns implements IRunningSessions.IManager, IDisposable {
  constructor(private readonly _options: IRunningRunsOptions) {
    const { model, trans } = _options;
    this.name = trans.__('Training Runs');
    this.shutdownLabel = trans.__('Cancel');
    this.shutdownAllLabel = trans.__('Cancel All');
    this.shutdownAllConfirmationText = trans.__('Are you sure you want to cancel all training runs?');
    model.runChanged.connect(this._onRunChanged, this);
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  running(): IRunningSessions.IRunningItem[] {
    return this._live().map(run => this._item(run));
  }

  shutdownAll(): void {
    for (const run of this._live()) this._options.cancel(run.id, true);
  }

  refreshRunning(): void {
    this._options.model.reconnect();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _live(): RunView[] {
    return this._options.model.state.runs.filter(run => !isFinal(run.phase));
  }

  private _item(run: RunView): IRunningSessions.IRunningItem {
    const { trans, open, cancel } = this._options;
    return {
      icon: () => berthIcon,
      label: () => runTitle(run),
      labelTitle: () => `${run.notebook}\n${phaseLabel(run.phase, trans)}`,
      detail: () => phaseLabel(run.phase, trans),
      open: () => open(run.id),
      ...(run.actions.includes('cancel') ? { shutdown: () => cancel(run.id, false) } : {})
    };
  }

  private readonly _onRunChanged = (): void => {
    this._runningChanged.emit();
  };

  private readonly _runningChanged = new Signal<this, void>(this);
  private _isDisposed = false;
}
