/** The plugin that shows compute. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import { confirm } from '../shared/confirm.js';
import { IBerthPanel, IGateway } from '../shared/tokens.js';
import type { IComputeHandlers } from './compute-handlers.js';
import { ComputeSection } from './compute-section.js';

export const computePlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:compute',
  description: 'Shows in the Berth panel what compute there is, who has it, and how busy it is.',
  autoStart: true,
  requires: [IGateway, IBerthPanel, ITranslator],
  activate: (app: JupyterFrontEnd, gateway: IGateway, panel: IBerthPanel, translator: ITranslator): void => {
    const trans = translator.load('jupyterlab_berth');
    panel.addSection(new ComputeSection({ gateway, handlers: handlersFor(app, trans), trans }), 10);
  }
};

function handlersFor(app: JupyterFrontEnd, trans: TranslationBundle): IComputeHandlers {
  const { commands } = app;
  const release = (notebook: string): void => void commands.execute(CommandIDs.releaseCompute, { notebook });
  return {
    openRun: runId => void commands.execute(CommandIDs.openRun, { runId }),
    openNotebook: path => void commands.execute('docmanager:open', { path }),
    get release() {
      return commands.hasCommand(CommandIDs.releaseCompute) ? release : null;
    },
    shutDown: async (kernelId, name) => {
      const question = {
        title: trans.__('Shut down the kernel of %1?', name),
        body: trans.__('All its variables are lost. What it holds goes to whoever waits for it.'),
        yes: trans.__('Shut Down'),
        no: trans.__('Keep It')
      };
      if (await confirm(question)) await shutDown(app, kernelId);
    }
  };
}

/** With its session, so that no notebook is left with a kernel that is dead. */
async function shutDown({ serviceManager }: JupyterFrontEnd, kernelId: string): Promise<void> {
  const { sessions, kernels } = serviceManager;
  await sessions.refreshRunning();
  const session = [...sessions.running()].find(({ kernel }) => kernel?.id === kernelId);
  await (session === undefined ? kernels.shutdown(kernelId) : sessions.shutdown(session.id));
}
