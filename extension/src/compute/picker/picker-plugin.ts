/** The plugin of the picker in the toolbar of notebooks. */
/* eslint-disable jupyter/prefer-lazy-imports -- the label is needed at once; the dialog is loaded when it is opened */
import type { KernelRequest } from '@berth/gateway/contract';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { OneAtATime } from '../../shared/one-at-a-time.js';
import { IGateway, IPins } from '../../shared/tokens.js';
import { NotebookComputes } from './notebook-computes.js';
import { switchAsking } from './picker-actions.js';
import { addPickerCommands } from './picker-commands.js';
import { PickerItem } from './picker-item.js';

/** Name of the item in the settings of the toolbar. */
const ITEM = 'berth-compute';

export const pickerPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:picker',
  description: 'Adds the choice of compute and environment to the toolbar of notebooks.',
  autoStart: true,
  requires: [IGateway, INotebookTracker, IToolbarWidgetRegistry, ITranslator],
  optional: [IPins, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    tracker: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    translator: ITranslator,
    pins: IPins | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('jupyterlab_berth');
    const { client, model } = gateway;
    const { contents } = app.serviceManager;
    const computes = new NotebookComputes({
      gateway,
      contents,
      trans,
      onSwitch: compute => void switchAsking(compute, trans)
    });
    const one = new OneAtATime();
    const open = async (panel: NotebookPanel, environment: string | null): Promise<KernelRequest | null> => {
      let applied: KernelRequest | null = null;
      const dialog = await one.open(async () => {
        const { openComputeDialog } = await import('./open-compute-dialog.js');
        const pinned = pins?.stateOf(panel).environment ?? null;
        const options = { compute: computes.of(panel), client, model, pinned, environment, trans };
        return openComputeDialog(options, request => {
          applied = request;
        });
      });
      if (!dialog.isDisposed) await new Promise(resolve => dialog.disposed.connect(resolve));
      return applied;
    };
    toolbars.addFactory<NotebookPanel>(
      'Notebook',
      ITEM,
      panel => new PickerItem({ compute: computes.of(panel), model, trans, onOpen: () => void open(panel, null) })
    );
    for (const command of addPickerCommands({ app, tracker, computes, trans, open })) {
      palette?.addItem({ command, category: trans.__('Berth') });
    }
  }
};
