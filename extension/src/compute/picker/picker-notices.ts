/** What the picker says by itself: compute is ready, was lost, or could not be taken. */
import type { KernelView } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { errorDetail } from '../../shared/error-box.js';
import type { GatewayError } from '../../shared/gateway-error.js';
import type { IKernelEnd } from '../../shared/gateway-model.js';
import { formatMoment } from '../../shared/moment-text.js';
import { shortText } from '../compute-words.js';
import type { NotebookCompute } from './notebook-compute.js';

export interface IPickerNoticesOptions {
  readonly compute: NotebookCompute;
  readonly trans: TranslationBundle;
  /** Takes what is ready, with a question where something runs. */
  readonly onSwitch: () => void;
}

export class PickerNotices implements IDisposable {
  constructor(private readonly _options: IPickerNoticesOptions) {
    const { compute } = _options;
    compute.changed.connect(this._onChanged, this);
    compute.lost.connect(this._onLost, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    const { compute } = this._options;
    compute.changed.disconnect(this._onChanged, this);
    compute.lost.disconnect(this._onLost, this);
    this._retract();
  }

  private readonly _onChanged = (): void => {
    const { asking, error } = this._options.compute.view;
    if (asking?.id !== this._asked?.claim) this._retract();
    if (asking !== null && this._asked === null) this._asked = { claim: asking.id, notice: this._offer(asking) };
    if (error !== this._error) {
      this._error = error;
      if (error !== null) this._complain(error);
    }
  };

  private readonly _onLost = (_: unknown, { kernel, reason }: IKernelEnd): void => {
    const { compute, trans } = this._options;
    const what = shortText(compute.view.offers, kernel);
    Notification.warning(trans.__('%1 · %2: %3', compute.view.name, what, reason), { autoClose: false });
  };

  private _offer(claim: KernelView): string {
    const { compute, trans, onSwitch } = this._options;
    const { name, offers, facts } = compute.view;
    const ready = readyText(claim, shortText(offers, claim), name, trans);
    const loss = facts.kernel === null ? '' : trans.__('Switching restarts its kernel: variables are lost.');
    const actions = [
      {
        label: trans.__('Switch Now'),
        caption: trans.__('Restarts the kernel of %1 on %2', name, shortText(offers, claim)),
        displayType: 'accent' as const,
        callback: onSwitch
      },
      { label: trans.__('Give Back'), callback: () => void compute.giveUp() }
    ];
    return Notification.emit(`${ready} ${loss}`.trimEnd(), 'success', { autoClose: false, actions });
  }

  /** An error that the dialog shows is not told twice. */
  private _complain(error: GatewayError): void {
    const { compute, trans } = this._options;
    if (compute.isWatched) return;
    const text = `${compute.view.name}: ${error.message} (${errorDetail(error, trans)})`;
    Notification.error(text, { autoClose: false });
  }

  private _retract(): void {
    if (this._asked !== null) Notification.dismiss(this._asked.notice);
    this._asked = null;
  }

  private _asked: { readonly claim: string; readonly notice: string } | null = null;
  private _error: GatewayError | null = null;
  private _isDisposed = false;
}

/** A notice stands as it was written: it names the moment until which it is kept, not how long that still is. */
function readyText({ expiresAtMs }: KernelView, what: string, name: string, trans: TranslationBundle): string {
  if (expiresAtMs === null) return trans.__('%1 is ready for %2.', what, name);
  return trans.__('%1 is ready for %2 until %3.', what, name, formatMoment(expiresAtMs, Date.now()));
}
