/** The plugin that shows compute and environments. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import { IBerthPanel, IGateway } from '../shared/tokens.js';
import { ComputeSection } from './compute-section.js';

export const computePlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:compute',
  description: 'Shows in the Berth panel what compute there is, who has it, and the environments.',
  autoStart: true,
  requires: [IGateway, IBerthPanel, ITranslator],
  activate: (app: JupyterFrontEnd, gateway: IGateway, panel: IBerthPanel, translator: ITranslator): void => {
    const trans = translator.load('jupyterlab_berth');
    const onOpenRun = (runId: string): void => void app.commands.execute(CommandIDs.openRun, { runId });
    panel.addSection(new ComputeSection({ gateway, trans, onOpenRun }));
  }
};
