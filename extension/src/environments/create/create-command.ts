/** The command that opens the dialog "New environment". */
import type { Environment } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import type { IBerthPanel, IGateway, IPins } from '../../shared/tokens.js';
import type { EnvironmentOperations } from '../environment-operations.js';
import { consequenceFrom, CREATE_ARGS, formFrom } from './create-args.js';

export interface ICreateCommandOptions {
  readonly app: JupyterFrontEnd;
  readonly gateway: IGateway;
  readonly panel: IBerthPanel;
  readonly tracker: INotebookTracker;
  readonly pins: IPins | null;
  readonly operations: () => Promise<EnvironmentOperations>;
  readonly trans: TranslationBundle;
}

/** The command resolves with the environment whose making has begun, or with null. */
export function addCreateCommand(options: ICreateCommandOptions): void {
  const { app, gateway, panel, tracker, pins, operations, trans } = options;
  let isOpen = false;
  app.commands.addCommand(CommandIDs.newEnvironment, {
    label: trans.__('New Environment…'),
    describedBy: { args: CREATE_ARGS },
    execute: async (args): Promise<Environment | null> => {
      if (isOpen) return null;
      isOpen = true;
      try {
        const notebook = tracker.currentWidget;
        const fallback = notebook === null ? 'environment' : PathExt.basename(notebook.context.path, '.ipynb');
        const taken = gateway.model.state.environments.map(({ name }) => name);
        const consequence = consequenceFrom(args);
        const it = await operations();
        const begun = await it.create({
          initial: formFrom(args, fallback, taken),
          facts: notebook === null ? null : (pins?.factsOf(notebook) ?? null),
          consequence
        });
        if (begun === null) return null;
        panel.reveal();
        if (consequence === '') void it.announce(begun); // else whoever waits for it tells
        return begun;
      } finally {
        isOpen = false;
      }
    }
  });
}
