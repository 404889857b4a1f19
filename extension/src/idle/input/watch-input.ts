/** Puts together what sees that a person does something, and what tells it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookActions } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';
import { DisposableSet, type IDisposable } from '@lumino/disposable';
import type { IIdle } from '../../shared/tokens.js';
import type { IdleClient } from '../idle-client.js';
import { kernelIdOf, sessionOf } from '../session-of.js';
import { InputReporter } from './input-reporter.js';
import { InputWatcher } from './input-watcher.js';
import { PendingInputs } from './pending-inputs.js';

export interface IWatchInputOptions {
  readonly shell: JupyterFrontEnd.IShell;
  readonly idle: Pick<IIdle, 'model' | 'settings'>;
  readonly client: Pick<IdleClient, 'tellInput'>;
}

/** @returns what ends it. */
export function watchInput({ shell, idle: { model, settings }, client }: IWatchInputOptions): IDisposable {
  const reporter = new InputReporter({
    page: UUID.uuid4(),
    send: body => client.tellInput(body),
    isHeard: () => model.state.presence === 'live'
  });
  const onInput = (kernel: string | null): void => reporter.note(kernel);
  const watcher = new InputWatcher({ node: document, widgets: () => shell.widgets('main'), onInput });
  // By way of a menu or the palette it is in no notebook that it is asked for.
  NotebookActions.executionScheduled.connect((_, { notebook }) => onInput(kernelIdOf(notebook.parent)), reporter);

  const pending = new PendingInputs();
  const follow = (): void => {
    const session = sessionOf(shell.currentWidget);
    if (session !== null) pending.follow(session);
  };
  pending.changed.connect(() => reporter.setWaiting(pending.waiting), reporter);
  shell.currentChanged?.connect(follow, reporter);
  const wish = (): void => {
    if (settings.isLoaded) reporter.setWish(settings.choices.wish);
  };
  settings.changed.connect(wish, reporter);
  model.connected.connect(() => reporter.tellAgain(), reporter);
  follow();
  wish();
  return DisposableSet.from([watcher, reporter]);
}
