/** Ends the operator's leader and measures how long it takes until another has looked at every workspace once. */
import { waitUntil } from '../../../../scripts/wait-until.ts';
import type { ChartOperator, OperatorPod, Said } from './chart-operator.ts';
import { type Sample, total } from './prometheus-text.ts';

const LONGEST_MS = 300_000;

export interface Restart {
  /** From the kill until it has looked at every workspace once, and none waits. */
  readonly restartS: number;
  /** From the kill until a process has started, has seen everything, and leads. */
  readonly startedS: number;
  readonly syncedS: number;
  readonly leadsS: number;
  readonly passesPerS: number;
  /** The most memory it has had since it started. */
  readonly peakMib: number;
}

/** `kill -9`. A standby takes over where there is one; otherwise the same pod's next process. */
export async function killLeader(operator: ChartOperator, workspaces: number): Promise<Restart> {
  const before = await operator.holder();
  const killedMs = await operator.kill(await operator.leader());
  const { leader, doneMs } = await untilLookedAtAll(operator, before, workspaces);
  const said = await operator.said(leader);
  const at = (message: string): number => momentOf(said, message);
  const since = (ms: number): number => (ms - killedMs) / 1000;
  return {
    restartS: since(doneMs),
    startedS: since(at('watches')),
    syncedS: since(at('has seen everything')),
    leadsS: since(at('leads')),
    passesPerS: workspaces / ((doneMs - at('leads')) / 1000),
    peakMib: await operator.memoryMib(leader, 'VmHWM')
  };
}

/** A pod that was killed before is started again only after a while: a new one has no such past. */
export async function replaceLeader(operator: ChartOperator, workspaces: number): Promise<void> {
  const before = await operator.holder();
  await operator.replace(await operator.leader());
  await untilLookedAtAll(operator, before, workspaces);
}

async function untilLookedAtAll(
  operator: ChartOperator,
  before: string,
  workspaces: number
): Promise<{ leader: OperatorPod; doneMs: number }> {
  await waitUntil('another process leads', LONGEST_MS, async () => {
    const holder = await operator.holder();
    return holder !== '' && holder !== before;
  });
  const leader = await operator.leader();
  await waitUntil('it has looked at every workspace', LONGEST_MS, async () =>
    hasLookedAtAll((await operator.metrics(leader)) ?? [], workspaces)
  );
  return { leader, doneMs: Date.now() };
}

export function hasLookedAtAll(metrics: readonly Sample[], workspaces: number): boolean {
  const where = { controller: 'workspace' };
  const looks = total(metrics, 'berth_operator_reconciles_total', { ...where, result: 'success' });
  return looks >= workspaces && total(metrics, 'berth_operator_queue_depth', where) === 0;
}

function momentOf(said: readonly Said[], message: string): number {
  const found = said.find(line => line.message === message);
  if (found === undefined) throw new Error(`the operator has not said: ${message}`);
  return found.atMs;
}
