/** The plugins of idle timers: model, what the person does, panel, status bar, warnings, banners, Running panel. Each can be switched off. */
/* eslint-disable jupyter/prefer-lazy-imports -- what is imported here is needed at once; lists, popup and banners come later */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import { IBerthPanel, IGateway, IIdle, IPins } from '../shared/tokens.js';
import { addIdleCommands } from './idle-commands.js';
import { IdleClient } from './idle-client.js';
import { IdleDesk } from './idle-desk.js';
import { IdleModel } from './idle-model.js';
import { IdleSettings } from './idle-settings.js';
import { kernelsOf } from './stops/kernels-of.js';
import { watchInput } from './input/watch-input.js';
import { IdleSection } from './panel/idle-section.js';
import { RunningIdle } from './running-idle.js';
import { IdleStatusItem } from './status/idle-status-item.js';
import { IdleWarnings } from './warnings/idle-warnings.js';

/** After environments, before runs. */
const SECTION_RANK = 30;

export const idlePlugin: JupyterFrontEndPlugin<IIdle> = {
  id: '@berth/extension:idle',
  description: 'Provides a live model of what is in use and what is to be stopped for being idle.',
  autoStart: true,
  requires: [ITranslator],
  optional: [ISettingRegistry],
  provides: IIdle,
  activate: (app: JupyterFrontEnd, translator: ITranslator, registry: ISettingRegistry | null): IIdle => {
    const { serverSettings, events } = app.serviceManager;
    const client = new IdleClient(serverSettings);
    const model = new IdleModel({ client, events: events.stream });
    const desk = new IdleDesk({ client, model, trans: translator.load('jupyterlab_berth') });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) model.refresh();
    });
    void app.restored.then(() => model.start());
    return { model, desk, settings: new IdleSettings(registry, idlePlugin.id) };
  }
};

export const idleInputPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:idle-input',
  description: 'Tells the Jupyter server when the person does something, so that it counts as activity.',
  autoStart: true,
  requires: [IIdle],
  activate: (app: JupyterFrontEnd, idle: IIdle): void => {
    const client = new IdleClient(app.serviceManager.serverSettings);
    watchInput({ shell: app.shell, idle, client });
  }
};

export const idlePanelPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:idle-panel',
  description: 'Shows in the Berth panel what is in use, on what evidence, and what is to be stopped when.',
  autoStart: true,
  requires: [IIdle, IBerthPanel, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    idle: IIdle,
    panel: IBerthPanel,
    translator: ITranslator,
    palette: ICommandPalette | null
  ): void => {
    const { model, desk } = idle;
    const trans = translator.load('jupyterlab_berth');
    const onOpen = (path: string): void => void app.commands.execute('docmanager:open', { path });
    const section = new IdleSection({ model, desk, trans, onOpen });
    panel.addSection(section, SECTION_RANK);
    for (const command of addIdleCommands({ app, model, desk, reveal: () => panel.reveal(section), trans })) {
      palette?.addItem({ command, category: trans.__('Berth') });
    }
  }
};

export const idleStatusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:idle-status',
  description: 'Counts down in the status bar to the release of the notebook’s kernel.',
  autoStart: true,
  requires: [IIdle, IStatusBar, ITranslator],
  activate: (app: JupyterFrontEnd, idle: IIdle, statusBar: IStatusBar, translator: ITranslator): void => {
    const { model, desk, settings } = idle;
    const trans = translator.load('jupyterlab_berth');
    const open = async (anchor: IdleStatusItem) => {
      const { openIdlePopup } = await import('./status/idle-popup.js');
      const onShowAll = (): void => showAll(app);
      return openIdlePopup({ anchor, model, desk, kernelId: anchor.kernelId, trans, onShowAll });
    };
    const item = new IdleStatusItem({ model, settings, trans, shell: app.shell, open });
    statusBar.registerStatusItem('@berth/extension:idle-status', { item, align: 'right', rank: 3 });
  }
};

export const idleWarningsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:idle-warnings',
  description: 'Warns before a kernel is released or the workspace is stopped for being idle.',
  autoStart: true,
  requires: [IIdle, ITranslator],
  activate: (app: JupyterFrontEnd, idle: IIdle, translator: ITranslator): void => {
    const { model, desk, settings } = idle;
    new IdleWarnings({
      model,
      trans: translator.load('jupyterlab_berth'),
      isOn: () => settings.choices.notify,
      onSnooze: subject => void desk.snooze(subject),
      onShow: () => showAll(app)
    });
  }
};

export const idleBannerPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:idle-banner',
  description: 'Tells in a notebook that its kernel was stopped for being idle, and brings it back in one click.',
  autoStart: true,
  requires: [IIdle, INotebookTracker, ITranslator],
  optional: [IGateway, IPins],
  activate: (
    app: JupyterFrontEnd,
    idle: IIdle,
    tracker: INotebookTracker,
    translator: ITranslator,
    gateway: IGateway | null,
    pins: IPins | null
  ): void => {
    const { contents, sessions } = app.serviceManager;
    const options = {
      tracker,
      idle,
      commands: app.commands,
      contents,
      refreshSessions: () => sessions.refreshRunning(),
      kernelsOf: (path: string) => kernelsOf(sessions.running(), path),
      pins,
      offers: () => gateway?.model.state.offers ?? [],
      trans: translator.load('jupyterlab_berth')
    };
    const load = async (): Promise<void> => {
      const { NotebookBanners } = await import('./stops/notebook-banners.js');
      new NotebookBanners(options);
    };
    // Most people never have anything stopped, and then nothing is loaded.
    const look = (): void => {
      if ((idle.model.state.view?.stops.length ?? 0) === 0) return;
      idle.model.changed.disconnect(look, options);
      void load();
    };
    idle.model.changed.connect(look, options);
  }
};

export const idleRunningPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:idle-running',
  description: 'Lists in the Running panel what is to be released or stopped.',
  autoStart: true,
  requires: [IIdle, IRunningSessionManagers, ITranslator],
  activate: (app: JupyterFrontEnd, idle: IIdle, managers: IRunningSessionManagers, translator: ITranslator): void => {
    const { model, desk } = idle;
    const open = (path: string | null): void => {
      if (path === null) showAll(app);
      else void app.commands.execute('docmanager:open', { path });
    };
    const trans = translator.load('jupyterlab_berth');
    managers.add(new RunningIdle({ model, trans, open, snooze: subject => void desk.snooze(subject) }));
  }
};

/** Where no plugin shows them there is nothing to open. */
function showAll({ commands }: JupyterFrontEnd): void {
  if (commands.hasCommand(CommandIDs.showIdle)) void commands.execute(CommandIDs.showIdle);
}
