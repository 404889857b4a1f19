/** The plugins of runs: list and pages, Train, Running panel, status bar, notifications. Each can be switched off. */
/* eslint-disable jupyter/prefer-lazy-imports -- what is imported here is needed at once; pages and the dialog come later */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import type { IRunChange } from '../shared/gateway-state.js';
import { trainIcon } from '../shared/icons.js';
import { loadSettings } from '../shared/load-settings.js';
import { OneAtATime } from '../shared/one-at-a-time.js';
import { IBerthPanel, IGateway, IPins, IRuns } from '../shared/tokens.js';
import { RunsSection } from './list/runs-section.js';
import { addRunCommands, handlersFor } from './run-commands.js';
import { endedRun, endMessage } from './run-ended.js';
import { RunOperations } from './run-operations.js';
import { RunPages } from './run-pages.js';
import { RunningRuns } from './running-runs.js';
import { StatusItem } from './status-item.js';
import { TrainMemory } from './train/train-memory.js';

export const runsPlugin: JupyterFrontEndPlugin<IRuns> = {
  id: '@berth/extension:runs',
  description: 'Adds the list of runs to the Berth panel, a page for each run, and the commands on runs.',
  autoStart: true,
  requires: [IGateway, IBerthPanel, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette, ISettingRegistry],
  provides: IRuns,
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    panel: IBerthPanel,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null
  ): IRuns => {
    const trans = translator.load('jupyterlab_berth');
    const settings = loadSettings(registry, runsPlugin.id);
    const handlers = handlersFor(app);
    const follow = (): boolean => settings.get('followLogs', true);
    const pages = new RunPages({ app, gateway, handlers, trans, follow });
    const operations = new RunOperations(gateway, trans);
    for (const command of addRunCommands({ app, gateway, operations, pages, trans })) {
      palette?.addItem({ command, category: trans.__('Berth') });
    }
    if (restorer !== null) pages.restore(restorer);
    const section = new RunsSection({ model: gateway.model, handlers, trans });
    panel.addSection(section);
    return {
      reveal: runId => {
        panel.reveal();
        section.select(runId);
      },
      isVisible: runId => pages.isVisible(runId)
    };
  }
};

export const trainPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:train',
  description: 'Adds the Train button to notebooks.',
  autoStart: true,
  requires: [IGateway, IRuns, INotebookTracker, ITranslator],
  optional: [ICommandPalette, ISettingRegistry, IStateDB, IPins],
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    runs: IRuns,
    tracker: INotebookTracker,
    translator: ITranslator,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    stateDB: IStateDB | null,
    pins: IPins | null
  ): void => {
    const trans = translator.load('jupyterlab_berth');
    const settings = loadSettings(registry, trainPlugin.id);
    const memory = new TrainMemory(stateDB);
    const one = new OneAtATime();
    const processes = (): number => settings.get('processes', 2);
    const options = {
      app,
      gateway,
      memory,
      pins,
      trans,
      processes,
      onSubmitted: ({ id }: { id: string }) => {
        runs.reveal(id);
        void app.commands.execute(CommandIDs.openRun, { runId: id });
      }
    };
    app.commands.addCommand(CommandIDs.train, {
      label: trans.__('Train'),
      icon: trainIcon,
      caption: () =>
        tracker.currentWidget === null
          ? trans.__('Open a notebook to train it')
          : trans.__('Train this notebook: run it on the compute you choose, with logs and metrics'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => tracker.currentWidget !== null,
      execute: () => {
        const panel = tracker.currentWidget;
        if (panel === null) return undefined;
        return one.open(async () => (await import('./train/open-train.js')).openTrain(panel, options));
      }
    });
    tracker.currentChanged.connect(() => app.commands.notifyCommandChanged(CommandIDs.train), runs);
    palette?.addItem({ command: CommandIDs.train, category: trans.__('Berth') });
  }
};

export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:running',
  description: 'Lists live runs in the Running panel.',
  autoStart: true,
  requires: [IGateway, IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    managers: IRunningSessionManagers,
    translator: ITranslator
  ): void => {
    const { commands } = app;
    const trans = translator.load('jupyterlab_berth');
    const open = (runId: string): void => void commands.execute(CommandIDs.openRun, { runId });
    const cancel = (runId: string, confirmed: boolean): void =>
      void commands.execute(CommandIDs.cancelRun, { runId, confirmed });
    managers.add(new RunningRuns({ model: gateway.model, trans, open, cancel }));
  }
};

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:status',
  description: 'Shows in the status bar how many runs there are and whether the gateway answers.',
  autoStart: true,
  requires: [IGateway, IStatusBar, ITranslator],
  activate: (app: JupyterFrontEnd, gateway: IGateway, statusBar: IStatusBar, translator: ITranslator): void => {
    const trans = translator.load('jupyterlab_berth');
    const onClick = (): void => void app.commands.execute(CommandIDs.showPanel);
    const item = new StatusItem({ model: gateway.model, trans, onClick });
    statusBar.registerStatusItem('@berth/extension:status', { item, align: 'left', rank: 4 });
  }
};

export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:notifications',
  description: 'Tells when a run has ended that is not in sight.',
  autoStart: true,
  requires: [IGateway, IRuns, ITranslator],
  optional: [ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    runs: IRuns,
    translator: ITranslator,
    registry: ISettingRegistry | null
  ): void => {
    const trans = translator.load('jupyterlab_berth');
    const settings = loadSettings(registry, notificationsPlugin.id);
    const onRunChanged = (_: unknown, change: IRunChange): void => {
      const run = endedRun(change);
      if (run === null || runs.isVisible(run.id) || !settings.get('enabled', true)) return;
      const { kind, text } = endMessage(run, trans);
      const callback = (): void => void app.commands.execute(CommandIDs.openRun, { runId: run.id });
      Notification.emit(text, kind, { autoClose: 8000, actions: [{ label: trans.__('Open'), callback }] });
    };
    gateway.model.runChanged.connect(onRunChanged, gateway);
  }
};
