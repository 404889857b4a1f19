/** Plugins that the rest of the suite stands on: the gateway, and the panel in the left sidebar. */
/* eslint-disable jupyter/prefer-lazy-imports -- both are needed at once */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { BerthPanel, PANEL_ID } from './berth-panel.js';
import { CommandIDs } from './command-ids.js';
import { GatewayClient } from './gateway-client.js';
import { GatewayModel } from './gateway-model.js';
import { berthIcon } from './icons.js';
import { IBerthPanel, IGateway } from './tokens.js';

/** After the file browser, running and table of contents; before the extension manager. */
const PANEL_RANK = 650;

export const gatewayPlugin: JupyterFrontEndPlugin<IGateway> = {
  id: '@berth/extension:gateway',
  description: 'Provides typed calls to Berth’s gateway and a live model of what it shows.',
  autoStart: true,
  provides: IGateway,
  activate: (app: JupyterFrontEnd): IGateway => {
    const { serverSettings } = app.serviceManager;
    const client = new GatewayClient(serverSettings);
    const model = new GatewayModel({
      url: cursor => client.eventsUrl(cursor),
      WebSocket: serverSettings.WebSocket,
      ping: () => client.ping()
    });
    // Not before Lab stands as the person left it: a panel that says "Connecting…" is no reason to be late.
    void app.restored.then(() => model.reconnect());
    return { client, model };
  }
};

export const panelPlugin: JupyterFrontEndPlugin<IBerthPanel> = {
  id: '@berth/extension:panel',
  description: 'Adds the Berth panel to the left sidebar.',
  autoStart: true,
  requires: [IGateway, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette],
  provides: IBerthPanel,
  activate: (
    app: JupyterFrontEnd,
    gateway: IGateway,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): IBerthPanel => {
    const trans = translator.load('jupyterlab_berth');
    const panel = new BerthPanel(gateway.model, translator);
    app.shell.add(panel, 'left', { rank: PANEL_RANK, type: 'Berth' });
    restorer?.add(panel, PANEL_ID);
    const reveal = (): void => app.shell.activateById(PANEL_ID);
    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Berth Panel'),
      icon: berthIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: reveal
    });
    app.commands.addCommand(CommandIDs.reconnect, {
      label: trans.__('Reconnect to Gateway'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => gateway.model.reconnect()
    });
    for (const command of [CommandIDs.showPanel, CommandIDs.reconnect]) {
      palette?.addItem({ command, category: trans.__('Berth') });
    }
    return {
      addSection: (section: Widget, rank?: number) => panel.addSection(section, rank),
      reveal: section => {
        reveal();
        if (section !== undefined) panel.unfold(section);
      }
    };
  }
};
