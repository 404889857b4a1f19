/** The commands on runs. Without an argument they mean the run whose page is in front. */
import type { RunView } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs } from '../shared/command-ids.js';
import { findRun } from '../shared/gateway-state.js';
import type { IGateway } from '../shared/tokens.js';
import type { IRunHandlers, RunAction } from './run-handlers.js';
import type { RunOperations } from './run-operations.js';
import type { RunPages } from './run-pages.js';

const RUN_ARGS = {
  type: 'object',
  properties: {
    runId: { type: 'string', description: 'Id of the run; default: the one whose page is in front' },
    confirmed: { type: 'boolean', description: 'Do not ask again' }
  }
} as const;

export interface IRunCommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly gateway: IGateway;
  readonly operations: RunOperations;
  readonly pages: RunPages;
  readonly trans: TranslationBundle;
}

/** What widgets do is what the commands do, so that anyone can do it by command too. */
export function handlersFor({ commands }: JupyterFrontEnd): IRunHandlers {
  const by = (command: string) => (runId: string) => void commands.execute(command, { runId });
  return {
    open: by(CommandIDs.openRun),
    cancel: by(CommandIDs.cancelRun),
    retry: by(CommandIDs.retryRun),
    remove: by(CommandIDs.deleteRun),
    openResults: by(CommandIDs.openResults),
    openNotebook: by(CommandIDs.openNotebook),
    copyCurl: by(CommandIDs.copyCurl)
  };
}

/** @returns the ids of those that make sense in the palette. */
export function addRunCommands(options: IRunCommandsOptions): string[] {
  const { app, operations, pages, trans } = options;
  app.commands.addCommand(CommandIDs.openRun, {
    label: trans.__('Open Run'),
    describedBy: { args: { ...RUN_ARGS, required: ['runId'] } },
    execute: args => {
      const runId = args['runId'];
      return typeof runId === 'string' ? pages.open(runId) : undefined;
    }
  });
  const add = adder(options);
  add(CommandIDs.cancelRun, trans.__('Cancel Run…'), 'cancel', (run, args) =>
    operations.cancel(run, isConfirmed(args))
  );
  add(CommandIDs.retryRun, trans.__('Retry Run'), 'retry', run => operations.retry(run));
  add(CommandIDs.deleteRun, trans.__('Delete Run…'), 'delete', (run, args) =>
    operations.remove(run, isConfirmed(args))
  );
  add(CommandIDs.copyCurl, trans.__('Copy Run as curl'), null, run => operations.copyCurl(run));
  add(CommandIDs.openResults, trans.__('Open Results Folder of Run'), null, run =>
    app.commands.execute('filebrowser:go-to-path', { path: run.results.folder })
  );
  add(CommandIDs.openNotebook, trans.__('Open Notebook of Run'), null, run =>
    app.commands.execute('docmanager:open', { path: run.notebook })
  );
  return [
    CommandIDs.cancelRun,
    CommandIDs.retryRun,
    CommandIDs.deleteRun,
    CommandIDs.copyCurl,
    CommandIDs.openResults,
    CommandIDs.openNotebook
  ];
}

type Execute = (run: RunView, args: ReadonlyPartialJSONObject) => unknown;

function adder({ app, gateway, pages }: IRunCommandsOptions) {
  const runOf = (args: ReadonlyPartialJSONObject): RunView | null => {
    const runId = typeof args['runId'] === 'string' ? args['runId'] : pages.current;
    return runId === null ? null : findRun(gateway.model.state, runId);
  };
  return (id: string, label: string, needs: RunAction | null, execute: Execute): void => {
    app.commands.addCommand(id, {
      label,
      describedBy: { args: RUN_ARGS },
      isEnabled: args => {
        const run = runOf(args);
        return run !== null && (needs === null || run.actions.includes(needs));
      },
      execute: args => {
        const run = runOf(args);
        return run === null ? undefined : execute(run, args);
      }
    });
  };
}

function isConfirmed(args: ReadonlyPartialJSONObject): boolean {
  return args['confirmed'] === true;
}
