/** What is to be released or stopped, in Lab's panel "Running Terminals and Kernels"; the button of an item puts it off. */
import type { Judgement, Subject } from '@berth/gateway/contract';
import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { berthIcon } from '../shared/icons.js';
import type { IIdleModel } from './idle-model.js';
import { bySoonest, canSnooze, isDue } from './words/due.js';
import { evidenceText, momentText, nextText, stateText, subjectName } from './words/idle-words.js';

export interface IRunningIdleOptions {
  readonly model: IIdleModel;
  readonly trans: TranslationBundle;
  /** Opens the notebook; null: all timers. */
  readonly open: (path: string | null) => void;
  readonly snooze: (subject: Subject) => void;
  readonly now?: () => number;
}

export class RunningIdle implements IRunningSessions.IManager, IDisposable {
  constructor(private readonly _options: IRunningIdleOptions) {
    const { model, trans } = _options;
    this.name = trans.__('Idle Timers');
    this.shutdownLabel = trans.__('Snooze');
    this.shutdownAllLabel = trans.__('Snooze All');
    this.shutdownAllConfirmationText = trans.__('Do you want to snooze everything that is to be released or stopped?');
    model.changed.connect(this._onChanged, this);
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;
  readonly shutdownItemIcon = addIcon;

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  running(): IRunningSessions.IRunningItem[] {
    return bySoonest(this._judgements).map(judgement => this._item(judgement));
  }

  shutdownAll(): void {
    for (const judgement of this._judgements) if (canSnooze(judgement)) this._options.snooze(judgement.subject);
  }

  refreshRunning(): void {
    this._options.model.refresh();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._options.model.changed.disconnect(this._onChanged, this);
    Signal.clearData(this);
  }

  private get _judgements(): readonly Judgement[] {
    const { presence, view } = this._options.model.state;
    return presence === 'live' && view !== null ? view.judgements : [];
  }

  private _item(judgement: Judgement): IRunningSessions.IRunningItem {
    const { model, trans, open, snooze, now = Date.now } = this._options;
    const nowMs = now() + model.state.offsetMs;
    const evidence = judgement.signals.map(signal => evidenceText(signal, nowMs, trans));
    return {
      icon: () => berthIcon,
      label: () => subjectName(judgement, trans),
      labelTitle: () => [nextText(judgement, model.state.view?.judgedMs ?? null, nowMs, trans), ...evidence].join('\n'),
      detail: () =>
        isDue(judgement) ? trans.__('until %1', momentText(judgement.next.atMs, nowMs)) : stateText(judgement, trans),
      open: () => open(judgement.path),
      ...(canSnooze(judgement) ? { shutdown: () => snooze(judgement.subject) } : {})
    };
  }

  private readonly _onChanged = (): void => {
    this._runningChanged.emit();
  };

  private readonly _runningChanged = new Signal<this, void>(this);
  private _isDisposed = false;
}
