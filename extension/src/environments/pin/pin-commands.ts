/** The commands on the pin of the notebook in front. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs } from '../../shared/command-ids.js';
import type { PinDesk } from './pin-desk.js';
import type { Pins } from './pins.js';
import { isEnvironmentName } from './suggested-name.js';

export interface IPinCommandsOptions {
  readonly commands: JupyterFrontEnd['commands'];
  readonly tracker: INotebookTracker;
  readonly pins: Pins;
  readonly desk: () => Promise<PinDesk>;
  readonly trans: TranslationBundle;
}

const NO_ARGS = { type: 'object', properties: {} } as const;
const ENVIRONMENT_ARGS = {
  type: 'object',
  properties: { environment: { type: 'string', description: 'Name of an environment; default: the kernel’s own' } }
} as const;

/** @returns the ids of those that make sense in the palette. */
export function addPinCommands({ commands, tracker, pins, desk, trans }: IPinCommandsOptions): string[] {
  const isPinned = (panel: NotebookPanel): boolean => pins.stateOf(panel).pinned;
  type Act = (desk: PinDesk, panel: NotebookPanel, args: ReadonlyPartialJSONObject) => Promise<void>;
  const add = (id: string, label: string, needs: (panel: NotebookPanel) => boolean, act: Act): void => {
    commands.addCommand(id, {
      label,
      describedBy: { args: id === CommandIDs.pin || id === CommandIDs.useEnvironment ? ENVIRONMENT_ARGS : NO_ARGS },
      isEnabled: () => tracker.currentWidget !== null && needs(tracker.currentWidget),
      execute: async args => {
        const panel = tracker.currentWidget;
        if (panel !== null) await act(await desk(), panel, args);
      }
    });
  };
  const always = (): boolean => true;
  add(CommandIDs.pin, trans.__('Pin Notebook to Environment…'), always, (it, panel, args) =>
    it.pin(panel, environmentIn(args))
  );
  add(CommandIDs.unpin, trans.__('Unpin Notebook'), isPinned, (it, panel) => it.unpin(panel));
  add(CommandIDs.restore, trans.__('Restore Pinned Environment'), isPinned, (it, panel) => it.restore(panel));
  add(CommandIDs.showEnvironmentDiff, trans.__('Show Environment of Notebook…'), always, (it, panel) => it.show(panel));
  add(CommandIDs.useEnvironment, trans.__('Use Environment in Notebook'), always, (it, panel, args) =>
    it.use(panel, environmentIn(args))
  );
  return [CommandIDs.pin, CommandIDs.unpin, CommandIDs.restore, CommandIDs.showEnvironmentDiff];
}

function environmentIn({ environment }: ReadonlyPartialJSONObject): string | null {
  return typeof environment === 'string' && isEnvironmentName(environment) ? environment : null;
}
