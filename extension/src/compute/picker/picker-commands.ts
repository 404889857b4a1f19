/** The commands on the compute of notebooks; without an argument they mean the notebook in front. */
import type { KernelRequest } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import { computeIcon } from '../../shared/icons.js';
import { environmentOf, kernelspecOf } from '../../shared/kernelspec.js';
import type { NotebookComputes } from './notebook-computes.js';
import { heldAmount } from './notebook-facts.js';
import { releaseAsking } from './picker-actions.js';

export interface IPickerCommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly tracker: INotebookTracker;
  readonly computes: NotebookComputes;
  readonly trans: TranslationBundle;
  /** Resolves when the dialog is closed: what was asked for by Apply, if anything. */
  readonly open: (panel: NotebookPanel, environment: string | null) => Promise<KernelRequest | null>;
}

const NOTEBOOK_ARG = {
  notebook: { type: 'string', description: 'Path of the notebook; default: the one in front' }
} as const;

/** @returns the ids of those that make sense in the palette. */
export function addPickerCommands({ app, tracker, computes, trans, open }: IPickerCommandsOptions): string[] {
  const { commands } = app;
  commands.addCommand(CommandIDs.chooseCompute, {
    label: trans.__('Choose Compute and Environment…'),
    icon: computeIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          ...NOTEBOOK_ARG,
          environment: { type: 'string', description: 'Chosen as it opens; default: what the kernel has' }
        }
      }
    },
    isEnabled: ({ notebook }) => typeof notebook === 'string' || tracker.currentWidget !== null,
    execute: async ({ notebook, environment }) => {
      const panel = await panelOf(app, tracker, notebook);
      return panel === null ? null : open(panel, nameIn(environment));
    }
  });
  commands.addCommand(CommandIDs.releaseCompute, {
    label: trans.__('Release Compute of Kernel…'),
    describedBy: { args: { type: 'object', properties: NOTEBOOK_ARG } },
    isEnabled: ({ notebook }) => typeof notebook === 'string' || holdsMore(tracker.currentWidget, computes),
    execute: async ({ notebook }) => {
      const panel = await panelOf(app, tracker, notebook);
      if (panel === null) return;
      await panel.sessionContext.ready;
      await releaseAsking(computes.of(panel), trans);
    }
  });
  addResumeCommand(app, tracker, computes, trans);
  return [CommandIDs.chooseCompute, CommandIDs.releaseCompute];
}

/** Asks for the compute that a notebook wishes for, and starts its kernel on it; the picker shows how far that is. */
function addResumeCommand(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  computes: NotebookComputes,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.resumeCompute, {
    label: trans.__('Resume Compute of Notebook'),
    describedBy: {
      args: {
        type: 'object',
        properties: { ...NOTEBOOK_ARG, environment: { type: 'string', description: 'In which its kernel runs' } },
        required: ['environment']
      }
    },
    isEnabled: ({ notebook }) => typeof notebook === 'string' || tracker.currentWidget !== null,
    execute: async ({ notebook, environment: named }) => {
      const panel = await panelOf(app, tracker, notebook);
      const environment = nameIn(named);
      if (panel === null || environment === null) return false;
      await panel.sessionContext.ready;
      const compute = computes.of(panel);
      const { wish } = compute.view.facts;
      return wish !== null && compute.apply({ notebook: compute.view.notebook, environment, ...wish });
    }
  });
}

/** Anybody can call a command: what cannot be a name is none. */
function nameIn(environment: unknown): string | null {
  return typeof environment === 'string' ? environmentOf(kernelspecOf(environment)) : null;
}

/** More than processors, which nobody waits for. */
function holdsMore(panel: NotebookPanel | null, computes: NotebookComputes): boolean {
  if (panel === null) return false;
  const has = heldAmount(computes.of(panel).view.facts);
  return has !== null && has.offer !== 'cpu';
}

/** The notebook at that path, brought to the front, or the one there now; null where it is no notebook. */
async function panelOf(
  { commands }: JupyterFrontEnd,
  tracker: INotebookTracker,
  path: unknown
): Promise<NotebookPanel | null> {
  if (typeof path !== 'string') return tracker.currentWidget;
  const widget: unknown = await commands.execute('docmanager:open', { path });
  return tracker.find(panel => panel === widget) ?? null;
}
