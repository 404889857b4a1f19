/** The logs of a run: a tab for each rank and one for the launcher. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { GatewayClient } from '../../shared/gateway-client.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { LogOutput, type ILogSwitches } from './log-output.js';
import { LogToolbar } from './log-toolbar.js';

const LAUNCHER = 'launcher';

export interface ILogViewProps {
  readonly run: RunView;
  readonly client: GatewayClient;
  readonly model: IGatewayModel;
  /** Whether logs follow their end at first. */
  readonly follow: boolean;
  readonly trans: TranslationBundle;
}

export function LogView({ run, client, model, follow, trans }: ILogViewProps): ReactElement {
  const [rank, setRank] = useState('0');
  const [chosenAttempt, setChosenAttempt] = useState<number | null>(null);
  const [search, setSearch] = useState('');
  const [switches, setSwitches] = useState<ILogSwitches>({
    follow,
    wrap: false,
    timestamps: false,
    progressLines: false
  });
  const onSwitch = useCallback((changed: Partial<ILogSwitches>) => setSwitches(old => ({ ...old, ...changed })), []);
  const numbers = run.attempts.map(({ number }) => number).reverse();
  const last = numbers[0];
  if (last === undefined) return <p className="jp-BerthEmpty">{trans.__('No output yet: the run has not started.')}</p>;
  const attempt = chosenAttempt ?? last;
  const panelId = `berth-log-${run.id}`;
  const choice = { runId: run.id, rank, attempt, contains: search };
  return (
    <div className="jp-BerthLog">
      <RankTabs ranks={ranksOf(run)} rank={rank} panelId={panelId} trans={trans} onRank={setRank} />
      <LogToolbar
        attempts={numbers}
        attempt={attempt}
        search={search}
        switches={switches}
        downloadUrl={client.downloadUrl(run.id, rank, attempt)}
        trans={trans}
        onAttempt={number => setChosenAttempt(number === last ? null : number)}
        onSearch={setSearch}
        onSwitch={onSwitch}
      />
      <div role="tabpanel" id={panelId} aria-label={rankLabel(rank, trans)} className="jp-BerthLog-panel">
        <LogOutput
          key={JSON.stringify(choice)}
          source={client}
          model={model}
          choice={choice}
          switches={switches}
          label={trans.__('Log of %1', rankLabel(rank, trans))}
          trans={trans}
          onFollow={on => onSwitch({ follow: on })}
          onProgressLines={() => onSwitch({ progressLines: true })}
        />
      </div>
    </div>
  );
}

function ranksOf(run: RunView): string[] {
  return [...Array.from({ length: run.request.processes }, (_, rank) => String(rank)), LAUNCHER];
}

function rankLabel(rank: string, trans: TranslationBundle): string {
  return rank === LAUNCHER ? trans.__('Launcher') : trans.__('Rank %1', rank);
}

interface IRankTabsProps {
  readonly ranks: readonly string[];
  readonly rank: string;
  /** What the tabs show. */
  readonly panelId: string;
  readonly trans: TranslationBundle;
  readonly onRank: (rank: string) => void;
}

/** Tabs as ARIA describes them: one stop for Tab, arrows go on. */
function RankTabs({ ranks, rank, panelId, trans, onRank }: IRankTabsProps): ReactElement {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const to = targetOf(event.key, ranks.indexOf(rank), ranks.length);
    const next = to === null ? undefined : ranks[to];
    if (to === null || next === undefined) return;
    event.preventDefault();
    onRank(next);
    (event.currentTarget.children[to] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="jp-BerthTabs" role="tablist" aria-label={trans.__('Logs')} onKeyDown={onKeyDown}>
      {ranks.map(it => (
        <button
          key={it}
          type="button"
          role="tab"
          className="jp-BerthTabs-tab"
          aria-selected={it === rank}
          aria-controls={panelId}
          tabIndex={it === rank ? 0 : -1}
          onClick={() => onRank(it)}
        >
          {rankLabel(it, trans)}
        </button>
      ))}
    </div>
  );
}

/** Index of the tab that a key goes to; null for other keys. */
function targetOf(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return (index + 1) % count;
    case 'ArrowLeft':
      return (index + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
