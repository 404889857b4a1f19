/** The last messages of executions of which nothing is known yet: what was printed while the server was being asked. */
import type { KernelMessage } from '@jupyterlab/services';

const REMEMBERED = 1000;

export class EarlyMessages {
  add(parent: string, message: KernelMessage.IIOPubMessage): void {
    this._messages.push({ parent, message });
    if (this._messages.length > REMEMBERED) this._messages.shift();
  }

  /** Those of one execution, in order. */
  of(parent: string): KernelMessage.IIOPubMessage[] {
    return this._messages.filter(one => one.parent === parent).map(({ message }) => message);
  }

  clear(): void {
    this._messages.length = 0;
  }

  private readonly _messages: { readonly parent: string; readonly message: KernelMessage.IIOPubMessage }[] = [];
}
