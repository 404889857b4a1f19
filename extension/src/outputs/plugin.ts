/** The plugin that brings back what cells printed while no page was there to show it. */
/* eslint-disable jupyter/prefer-lazy-imports -- a notebook's messages must be heard from its first cell on */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { NotebookOutputs, type NotebookContext } from './notebook-outputs.js';
import { OutputsClient } from './outputs-client.js';

export const outputsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@berth/extension:outputs',
  description: 'Brings back what cells printed while no page was there to show it.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker): void => {
    const client = new OutputsClient(app.serviceManager.serverSettings);
    const open = new Map<NotebookContext, NotebookOutputs>();
    const add = ({ context }: NotebookPanel): void => {
      // A shared document has one set of outputs for everybody, and its own ways to keep it.
      if (context.model.collaborative === true || open.has(context)) return;
      const outputs = new NotebookOutputs(context, client);
      open.set(context, outputs);
      context.disposed.connect(() => {
        outputs.dispose();
        open.delete(context);
      });
    };
    tracker.forEach(add);
    tracker.widgetAdded.connect((_, panel) => add(panel));
    NotebookActions.outputCleared.connect((_, { notebook, cell }) => {
      const panel = tracker.find(({ content }) => content === notebook);
      if (panel !== undefined && cell.model.type === 'code') open.get(panel.context)?.cleared(cell.model.id);
    });
  }
};
