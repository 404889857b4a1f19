/** The commands on idle timers. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import type { IIdleDesk } from './idle-desk.js';
import type { IIdleModel } from './idle-model.js';
import { kernelIdOf } from './session-of.js';
import { judgementOf } from './subject-key.js';
import { canSnooze } from './words/due.js';

export interface IIdleCommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly model: IIdleModel;
  readonly desk: IIdleDesk;
  /** Opens the panel that shows them. */
  readonly reveal: () => void;
  readonly trans: TranslationBundle;
}

/** @returns the ids of those that make sense in the palette. */
export function addIdleCommands({ app, model, desk, reveal, trans }: IIdleCommandsOptions): string[] {
  const { commands, shell } = app;
  const inFront = (): string | null => kernelIdOf(shell.currentWidget);
  commands.addCommand(CommandIDs.showIdle, {
    label: trans.__('Show Idle Timers'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      reveal();
      model.refresh();
    }
  });
  commands.addCommand(CommandIDs.snoozeIdle, {
    label: trans.__('Snooze Idle Timer of Kernel'),
    describedBy: {
      args: {
        type: 'object',
        properties: { kernel: { type: 'string', description: 'Id of the kernel; default: of what is in front' } }
      }
    },
    isEnabled: ({ kernel }) => {
      const id = typeof kernel === 'string' ? kernel : inFront();
      const judgement =
        id === null ? undefined : judgementOf(model.state.view?.judgements ?? [], { kind: 'kernel', id });
      return judgement !== undefined && canSnooze(judgement);
    },
    execute: async ({ kernel }) => {
      const id = typeof kernel === 'string' ? kernel : inFront();
      if (id !== null) await desk.snooze({ kind: 'kernel', id });
    }
  });
  return [CommandIDs.showIdle, CommandIDs.snoozeIdle];
}
