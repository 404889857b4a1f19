/** What the widgets of runs can ask for; the plugin carries it out. */
import type { RunView } from '@berth/gateway/contract';

type OnRun = (runId: string) => void;

export interface IRunHandlers {
  readonly open: OnRun;
  readonly cancel: OnRun;
  readonly retry: OnRun;
  readonly remove: OnRun;
  readonly openResults: OnRun;
  readonly openNotebook: OnRun;
  readonly copyCurl: OnRun;
}

export type RunAction = RunView['actions'][number];
