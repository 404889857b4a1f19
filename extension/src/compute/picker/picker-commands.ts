/** The commands on the compute of notebooks; without an argument they mean the notebook in front. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import { computeIcon } from '../../shared/icons.js';
import type { NotebookComputes } from './notebook-computes.js';
import { heldAmount } from './notebook-facts.js';
import { releaseAsking } from './picker-actions.js';

export interface IPickerCommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly tracker: INotebookTracker;
  readonly computes: NotebookComputes;
  readonly trans: TranslationBundle;
  readonly open: (panel: NotebookPanel) => void;
}

/** @returns the ids of those that make sense in the palette. */
export function addPickerCommands({ app, tracker, computes, trans, open }: IPickerCommandsOptions): string[] {
  const { commands } = app;
  commands.addCommand(CommandIDs.chooseCompute, {
    label: trans.__('Choose Compute and Environment…'),
    icon: computeIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => tracker.currentWidget !== null,
    execute: () => {
      if (tracker.currentWidget !== null) open(tracker.currentWidget);
    }
  });
  commands.addCommand(CommandIDs.releaseCompute, {
    label: trans.__('Release Compute of Kernel…'),
    describedBy: {
      args: {
        type: 'object',
        properties: { notebook: { type: 'string', description: 'Path of the notebook; default: the one in front' } }
      }
    },
    isEnabled: ({ notebook }) => typeof notebook === 'string' || holdsMore(tracker.currentWidget, computes),
    execute: async ({ notebook }) => {
      const panel = typeof notebook === 'string' ? await openPanel(app, tracker, notebook) : tracker.currentWidget;
      if (panel === null) return;
      await panel.sessionContext.ready;
      await releaseAsking(computes.of(panel), trans);
    }
  });
  return [CommandIDs.chooseCompute, CommandIDs.releaseCompute];
}

/** More than processors, which nobody waits for. */
function holdsMore(panel: NotebookPanel | null, computes: NotebookComputes): boolean {
  if (panel === null) return false;
  const has = heldAmount(computes.of(panel).view.facts);
  return has !== null && has.offer !== 'cpu';
}

/** Null where it opens as something else than a notebook. */
async function openPanel(
  { commands }: JupyterFrontEnd,
  tracker: INotebookTracker,
  path: string
): Promise<NotebookPanel | null> {
  const widget: unknown = await commands.execute('docmanager:open', { path });
  return tracker.find(panel => panel === widget) ?? null;
}
