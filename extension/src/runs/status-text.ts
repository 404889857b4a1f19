/** What the status bar says. Pure. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Connection } from '../shared/connection.js';
import { isActive } from './run-phase.js';

/** `1 running · 1 queued`, or what keeps us from knowing it. */
export function statusText(
  runs: readonly RunView[],
  connection: Connection,
  loaded: boolean,
  trans: TranslationBundle
): string {
  if (connection.state === 'lost') return trans.__('not connected');
  if (!loaded) return trans.__('connecting…');
  const running = runs.filter(run => isActive(run.phase)).length;
  const queued = runs.filter(run => run.phase === 'Queued').length;
  if (running + queued === 0) return trans.__('nothing running');
  const parts = [running > 0 ? trans.__('%1 running', running) : '', queued > 0 ? trans.__('%1 queued', queued) : ''];
  return parts.filter(part => part !== '').join(' · ');
}
