/** Writes a notebook's pin and saves the notebook; another tab's change in the meantime is never overwritten without a word. */
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { confirm } from '../../shared/confirm.js';
import { GatewayError } from '../../shared/gateway-error.js';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { isWritable, notebookMetadata, writeNotebookMetadata } from '../notebook/notebook-metadata.js';
import { objectOf } from '../kernel/shapes.js';
import { isPinConflict } from './pin-conflict.js';
import { readPin, withoutPin, withPin, type IPin } from './pin-metadata.js';

export class PinWriter {
  constructor(
    private readonly _contents: Contents.IManager,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * @param pin - Null: none any more.
   * @returns whether it was written; not when the person keeps what another tab has written.
   * @throws GatewayError when the notebook cannot be saved.
   */
  async write(notebook: NotebookEnvironment, pin: IPin | null): Promise<boolean> {
    const trans = this._trans;
    const { context } = notebook.panel;
    if (!isWritable(context)) throw new GatewayError('not-saved', trans.__('This notebook is read-only.'));
    const onDisk = await this._pinOnDisk(context.path);
    if (isPinConflict(notebook.savedPin, onDisk, pin) && !(await this._mayReplace(onDisk))) {
      this._set(notebook, onDisk);
      return false;
    }
    this._set(notebook, pin);
    await context.save(); // It shows its own error and resolves all the same.
    if (context.model.dirty) throw new GatewayError('not-saved', trans.__('The notebook could not be saved.'));
    return true;
  }

  private _set({ panel }: NotebookEnvironment, pin: IPin | null): void {
    const metadata = notebookMetadata(panel.context);
    writeNotebookMetadata(panel.context, pin === null ? withoutPin(metadata) : withPin(metadata, pin));
  }

  private async _pinOnDisk(path: string): Promise<IPin | null> {
    const file = await this._contents.get(path, { content: true, type: 'notebook', format: 'json' });
    return readPin(objectOf(objectOf(file.content)['metadata']));
  }

  private _mayReplace(theirs: IPin | null): Promise<boolean> {
    const trans = this._trans;
    const name = theirs?.environment ?? trans.__('a lock without a name');
    return confirm({
      title: trans.__('The pin was changed elsewhere'),
      body:
        theirs === null
          ? trans.__('Another tab or person has unpinned this notebook meanwhile.')
          : trans.__('Another tab or person has pinned this notebook to %1 meanwhile.', name),
      yes: trans.__('Replace'),
      no: trans.__('Keep Theirs')
    });
  }
}
