/** The plugins of environments: their list in the panel, and the pins of notebooks. Each can be switched off. */
/* eslint-disable jupyter/prefer-lazy-imports -- what is imported here is needed at once; lists and dialogs come later */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import { loadSettings } from '../shared/load-settings.js';
import { IBerthPanel, IGateway, IPins } from '../shared/tokens.js';
import { addCreateCommand } from './create/create-command.js';
import { EnvironmentsSection } from './environments-section.js';
import { environmentHandlers } from './list/list-handlers.js';
import { BadgeItem } from './pin/badge-item.js';
import { addPinCommands } from './pin/pin-commands.js';
import type { PinDesk } from './pin/pin-desk.js';
import { pinStateOf } from './pin/pin-state.js';
import { Pins } from './pin/pins.js';

/** After compute, before runs. */
const SECTION_RANK = 20;
/** Name of the badge in the settings of the toolbar. */
const BADGE = 'berth-environment';

export const environmentsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:environments',
  description: 'Shows environments in the Berth panel, and makes, repairs, compares and deletes them.',
  autoStart: true,
  requires: [IGateway, IBerthPanel, INotebookTracker, ITranslator],
  optional: [IPins, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    panel: IBerthPanel,
    tracker: INotebookTracker,
    translator: ITranslator,
    pins: IPins | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('jupyterlab_berth');
    const { contents } = app.serviceManager;
    const operations = async () => {
      const { EnvironmentOperations } = await import('./environment-operations.js');
      return new EnvironmentOperations({ gateway, contents, trans });
    };
    addCreateCommand({ app, gateway, panel, tracker, pins, operations, trans });
    palette?.addItem({ command: CommandIDs.newEnvironment, category: trans.__('Berth') });
    panel.addSection(
      new EnvironmentsSection({
        model: gateway.model,
        handlers: environmentHandlers(app.commands, operations),
        hasNotebook: () => tracker.currentWidget !== null && app.commands.hasCommand(CommandIDs.useEnvironment),
        notebookChanged: tracker.currentChanged,
        trans
      }),
      SECTION_RANK
    );
  }
};

export const pinPlugin: JupyterFrontEndPlugin<IPins> = {
  id: '@berth/extension:pin',
  description: 'Pins notebooks to environments, and shows whether kernel and outputs agree with the pin.',
  autoStart: true,
  requires: [IGateway, INotebookTracker, ITranslator],
  optional: [IBerthPanel, IToolbarWidgetRegistry, ICommandPalette, ISettingRegistry],
  provides: IPins,
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    tracker: INotebookTracker,
    translator: ITranslator,
    panel: IBerthPanel | null,
    toolbars: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null
  ): IPins => {
    const trans = translator.load('jupyterlab_berth');
    const settings = loadSettings(registry, pinPlugin.id);
    const isRecording = (): boolean => settings.get('recordProvenance', true);
    const pins: Pins = new Pins({
      load: async () => new (await import('./notebook/notebooks.js')).Notebooks({ tracker, gateway, isRecording }),
      stateOf: ({ judgement, pin, kernelEnvironment }) =>
        pinStateOf(judgement, pin !== null, kernelEnvironment, gateway.model.state.environments, trans),
      pin: async notebook => (await desk()).pin(notebook, null)
    });
    const desk = async (): Promise<PinDesk> => {
      const module = await import('./pin/pin-desk.js');
      return new module.PinDesk({ app, gateway, notebooks: await pins.load(), reveal: () => panel?.reveal(), trans });
    };
    for (const command of addPinCommands({ commands: app.commands, tracker, pins, desk, trans })) {
      palette?.addItem({ command, category: trans.__('Berth') });
    }
    toolbars?.addFactory<NotebookPanel>('Notebook', BADGE, notebook => {
      const onClick = (): void => void desk().then(it => it.show(notebook));
      return new BadgeItem({ pins, panel: notebook, trans, onClick });
    });
    // Not before Lab stands as the person left it.
    void app.restored.then(async () => {
      const notebooks = await pins.load();
      const { InstallOffers } = await import('./installs/install-offers.js');
      new InstallOffers({ notebooks, trans, onAccept: async (it, packages) => (await desk()).renew(it, packages) });
    });
    return pins;
  }
};
