/** The buttons of what can be done with a run now. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { IRunHandlers, RunAction } from './run-handlers.js';
import { runTitle } from './run-title.js';

export interface IRunButtonsProps {
  readonly run: RunView;
  readonly handlers: IRunHandlers;
  /** No answer could come now. */
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
}

const ORDER: readonly RunAction[] = ['cancel', 'retry', 'delete'];

export function RunButtons({ run, handlers, disabled, trans }: IRunButtonsProps): ReactElement {
  const texts = { cancel: trans.__('Cancel'), retry: trans.__('Retry'), delete: trans.__('Delete') };
  const titles: Partial<Record<RunAction, string>> = {
    retry: trans.__('The same snapshot again, from its checkpoint; for a changed notebook press Train.')
  };
  const acts = { cancel: handlers.cancel, retry: handlers.retry, delete: handlers.remove };
  return (
    <>
      {ORDER.filter(action => run.actions.includes(action)).map(action => (
        <button
          key={action}
          type="button"
          className="jp-mod-styled jp-mod-minimal jp-BerthButton"
          disabled={disabled}
          title={titles[action]}
          aria-label={trans.__('%1: %2', texts[action], runTitle(run))}
          onClick={() => acts[action](run.id)}
        >
          {texts[action]}
        </button>
      ))}
    </>
  );
}
