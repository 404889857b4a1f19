/** Leads a kernel's messages into the outputs of a cell that no future of this page leads there. */
import { KernelMessage } from '@jupyterlab/services';
import type { Output, Outputs } from './outputs-client.js';

type Kept = Output & { readonly transient?: { readonly display_id?: unknown } };

export class OutputFeed {
  constructor(private readonly _model: Outputs) {}

  /** Shows these instead of what there is. */
  restore(outputs: readonly Output[], clearNext: boolean): void {
    this._clear(false);
    for (const output of outputs) this._add(output);
    if (clearNext) this._clear(true);
  }

  /** Does with a message what JupyterLab does with those of its own cells. */
  hear(message: KernelMessage.IIOPubMessage): void {
    if (KernelMessage.isClearOutputMsg(message)) this._clear(message.content.wait);
    else if (KernelMessage.isUpdateDisplayDataMsg(message)) this._update(message);
    else if (isOutput(message)) this._add({ ...message.content, output_type: message.header.msg_type });
  }

  /** Somebody else has cleared the cell: what stands in the place of a display is another output. */
  forgetDisplays(): void {
    this._displays.clear();
  }

  private _clear(wait: boolean): void {
    this._model.clear(wait);
    this._isClearDue = wait;
    if (!wait) this._displays.clear();
  }

  private _add(kept: Kept): void {
    if (this._isClearDue) this._displays.clear();
    this._isClearDue = false;
    const { transient, ...output } = kept;
    const index = this._model.add(output) - 1;
    if (typeof transient?.display_id === 'string') {
      const shown = this._displays.get(transient.display_id) ?? [];
      this._displays.set(transient.display_id, [...shown, index]);
    }
  }

  private _update({ content }: KernelMessage.IUpdateDisplayDataMsg): void {
    const { data, metadata, transient } = content;
    for (const index of this._displays.get(String(transient.display_id)) ?? []) {
      if (index < this._model.length) this._model.set(index, { output_type: 'display_data', data, metadata });
    }
  }

  private _isClearDue = false;
  private readonly _displays = new Map<string, readonly number[]>();
}

function isOutput(message: KernelMessage.IIOPubMessage): boolean {
  return ['stream', 'display_data', 'execute_result', 'error'].includes(message.header.msg_type);
}
