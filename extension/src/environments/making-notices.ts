/** Says how the making of an environment has ended: it takes minutes, and people look at something else meanwhile. */
import type { Environment } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

const SHOWN_MS = 8_000;

export function tellMade({ name }: Environment, trans: TranslationBundle): void {
  Notification.success(trans.__('The environment %1 is ready.', name), { autoClose: SHOWN_MS });
}

export function tellNotMade({ name, message }: Environment, trans: TranslationBundle): void {
  Notification.error(trans.__('The environment %1 could not be made. %2', name, message), { autoClose: false });
}
