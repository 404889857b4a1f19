/** A question before something is lost. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { dialogHost } from './dialog-host.js';

export interface IQuestion {
  readonly title: string;
  readonly body: string;
  readonly yes: string;
  readonly no: string;
}

/** The harmless answer has the focus. */
export async function confirm({ title, body, yes, no }: IQuestion): Promise<boolean> {
  const buttons = [Dialog.cancelButton({ label: no }), Dialog.warnButton({ label: yes })];
  const { button } = await showDialog({ title, body, buttons, defaultButton: 0, host: dialogHost() });
  return button.accept;
}
