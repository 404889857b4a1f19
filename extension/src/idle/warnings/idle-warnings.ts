/**
 * Notifications ahead of a stop: one for each announcement, brought up to date in place, taken back when the person goes on,
 * and not repeated once it was closed or snoozed until there is another announcement.
 */
import type { Subject } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { IIdleModel } from '../idle-model.js';
import { subjectKey } from '../subject-key.js';
import { announcementText, reasonText } from '../words/announcement.js';
import { bySoonest, canSnooze, isAnnounced, type IDue } from '../words/due.js';
import { snoozeLabel } from '../words/idle-words.js';

/** Lab shows as many as there are, and a page full of them can neither be read nor used. */
const MOST = 5;

export interface IIdleWarningsOptions {
  readonly model: IIdleModel;
  readonly trans: TranslationBundle;
  /** Does the person want them? */
  readonly isOn: () => boolean;
  readonly onSnooze: (subject: Subject) => void;
  readonly onShow: () => void;
  readonly now?: () => number;
}

interface ITold {
  readonly warnedAtMs: number;
  readonly notice: string;
  readonly text: string;
}

export class IdleWarnings implements IDisposable {
  constructor(private readonly _options: IIdleWarningsOptions) {
    _options.model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._options.model.changed.disconnect(this._onChanged, this);
    for (const { notice } of this._told.values()) Notification.dismiss(notice);
    this._tellRest(0);
  }

  private readonly _onChanged = (): void => {
    const { model, isOn } = this._options;
    const { presence, view } = model.state;
    if (presence !== 'live') return; // what was told stands until something else is known
    const announced = isOn() ? (view?.judgements ?? []).filter(isAnnounced) : [];
    const keys = new Set(announced.map(({ subject }) => subjectKey(subject)));
    for (const [key, { notice }] of this._told) {
      if (keys.has(key)) continue;
      this._told.delete(key);
      Notification.dismiss(notice);
    }
    const fresh = bySoonest(announced).filter(({ subject }) => !this._told.has(subjectKey(subject)));
    const rest = new Set(fresh.slice(Math.max(0, MOST - this._told.size)));
    for (const judgement of announced) if (!rest.has(judgement)) this._tell(judgement);
    this._tellRest(rest.size);
  };

  /** One for all that there is no room for; none where there is none. */
  private _tellRest(count: number): void {
    const { trans } = this._options;
    const before = this._rest;
    if (count === before.count) return;
    this._rest = { ...before, count };
    if (count === 0) return void Notification.dismiss(before.notice);
    const message = trans._n('%1 more is to be released or stopped.', '%1 more are to be released or stopped.', count);
    const options = { autoClose: false as const, actions: [this._showAction()] };
    const isThere = before.count > 0 && Notification.update({ id: before.notice, message, ...options });
    if (isThere || count < before.count) return; // of fewer than a person has closed they need not hear
    this._rest = { count, notice: Notification.warning(message, options) };
  }

  private _tell(judgement: IDue): void {
    const key = subjectKey(judgement.subject);
    const before = this._told.get(key);
    const warnedAtMs = judgement.next.warnedAtMs ?? 0;
    const text = this._textOf(judgement, before?.text);
    if (before?.warnedAtMs === warnedAtMs && before.text === text) return;
    const options = { autoClose: false as const, actions: this._actionsOf(judgement) };
    if (before?.warnedAtMs === warnedAtMs) {
      Notification.update({ id: before.notice, message: text, ...options }); // does nothing where it was closed
      this._told.set(key, { ...before, text });
      return;
    }
    if (before !== undefined) Notification.dismiss(before.notice);
    this._told.set(key, { warnedAtMs, text, notice: Notification.warning(text, options) });
  }

  /** It is written anew only when it goes at another time, not because it has been idle for another second. */
  private _textOf(judgement: IDue, before: string | undefined): string {
    const { trans, model, now = Date.now } = this._options;
    const what = announcementText(judgement, now() + model.state.offsetMs, trans);
    if (before?.startsWith(what)) return before;
    return `${what} ${reasonText(judgement, trans)}`;
  }

  private _actionsOf(judgement: IDue): Notification.IAction[] {
    const { trans, onSnooze } = this._options;
    const show = this._showAction();
    if (!canSnooze(judgement)) return [show];
    const snooze = {
      label: snoozeLabel(judgement.next, trans),
      caption: trans.__('Keep it for longer'),
      displayType: 'accent' as const,
      callback: () => onSnooze(judgement.subject)
    };
    return [snooze, show];
  }

  private _showAction(): Notification.IAction {
    const { trans, onShow } = this._options;
    return {
      label: trans.__('Show'),
      caption: trans.__('Show what was measured'),
      callback: (event: MouseEvent) => {
        event.preventDefault(); // it stays: what it says still holds
        onShow();
      }
    };
  }

  private _rest = { count: 0, notice: '' };
  private readonly _told = new Map<string, ITold>();
  private _isDisposed = false;
}
