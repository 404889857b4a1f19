/**
 * `npm run bench idle-load [-- --workspaces N] [--minutes N]`: what the activity controller costs that has just begun to lead, and once it knows
 * all workspaces. The controller runs in this process; the agents are one other process, at an address each, with answers of their own:
 * 5 % never answer, 5 % forbid. Nothing of a cluster is there: what would be written is counted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createActivityController } from '../../lib/controllers/activity/activity-controller.js';
import { AGENT_PORT } from '../../lib/controllers/workspace/children.js';
import { type Clock, machineClock } from '../../lib/runtime/clock.js';
import { createLog } from '../../lib/runtime/log.js';
import { createMetrics, type Metrics } from '../../lib/runtime/metrics.js';
import { printReport } from '../../../scripts/bench-report.ts';
import { manyWorkspaces, type ManyWorkspaces } from './idle-load/many-workspaces.ts';

const MINUTE_MS = 60_000;
/** Those whose stop is announced, and made, while it runs. */
const SHORT = 50;

/** The machine's, but that what is yet to come does not keep the process from ending. */
const clock: Clock = {
  now: () => machineClock.now(),
  setTimer: (run, delayMs) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  }
};

/** One minute. */
interface Minute {
  readonly cpuS: number;
  readonly rssMib: number;
  readonly exchanges: number;
  readonly failures: number;
  readonly writes: number;
}

export async function bench(args: string[]): Promise<void> {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { workspaces: number, minutes: number } });
  const workspaces = Number(values.workspaces ?? 10_000);
  const minutes = Number(values.minutes ?? 45);
  const responder = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'idle-load/responder.ts'), String(AGENT_PORT)],
    {
      stdio: ['ignore', 'pipe', 'inherit']
    }
  );
  const end = new AbortController();
  try {
    await once(responder.stdout, 'data');
    const many = manyWorkspaces(workspaces, SHORT);
    const metrics = createMetrics();
    const controller = createActivityController({
      caches: many.caches,
      client: many.client,
      events: { record: () => Promise.resolve() },
      agentKey: 'k'.repeat(64),
      policy: {},
      clock,
      nowMs: () => Date.now(),
      random: Math.random,
      log: createLog({ level: 'error' }),
      metrics
    });
    const running = controller.run(end.signal);
    report(workspaces, await measure(minutes, many, metrics), many);
    end.abort();
    await running;
  } finally {
    end.abort();
    responder.kill();
  }
}

async function measure(minutes: number, { writes }: ManyWorkspaces, metrics: Metrics): Promise<Minute[]> {
  const measured: Minute[] = [];
  let before = { cpu: process.cpuUsage(), ...(await countsOf(metrics)), writes: 0 };
  for (let minute = 1; minute <= minutes; minute += 1) {
    await new Promise(resolve => setTimeout(resolve, MINUTE_MS));
    const { user, system } = process.cpuUsage(before.cpu);
    const now = { cpu: process.cpuUsage(), ...(await countsOf(metrics)), writes: sum(writes.values()) };
    measured.push({
      cpuS: (user + system) / 1e6,
      rssMib: process.memoryUsage().rss / 2 ** 20,
      exchanges: now.exchanges - before.exchanges,
      failures: now.failures - before.failures,
      writes: now.writes - before.writes
    });
    before = now;
    console.log(`minute ${minute}: ${JSON.stringify(measured.at(-1))}`);
  }
  return measured;
}

async function countsOf({ registry }: Metrics): Promise<{ readonly exchanges: number; readonly failures: number }> {
  const valueOf = async (name: string): Promise<number> => {
    const { values = [] } = (await registry.getSingleMetric(`berth_operator_${name}`)?.get()) ?? {};
    return sum(values.map(({ value }) => value));
  };
  return { exchanges: await valueOf('idle_exchanges_total'), failures: await valueOf('idle_exchange_failures_total') };
}

/** In the first ten minutes all are asked for the first time; from the thirtieth on everything has been said that there is to say. */
function report(workspaces: number, minutes: readonly Minute[], { writes }: ManyWorkspaces): void {
  const mean = (among: readonly Minute[], of: (minute: Minute) => number): number =>
    among.length === 0 ? Number.NaN : rounded(sum(among.map(of)) / among.length);
  const [start, steady] = [minutes.slice(0, 10), minutes.slice(30)];
  printReport({
    bench: 'idle-load',
    ours: {
      workspaces,
      steady_cpu_s_per_min: mean(steady, ({ cpuS }) => cpuS),
      steady_exchanges_per_s: mean(steady, ({ exchanges, failures }) => (exchanges + failures) / 60),
      steady_writes_per_min: mean(steady, one => one.writes),
      rss_mib: rounded(Math.max(...minutes.map(({ rssMib }) => rssMib)))
    },
    peers: {},
    ratio: {},
    conditions: {
      start_cpu_s_per_min: mean(start, ({ cpuS }) => cpuS),
      start_exchanges_per_s: mean(start, ({ exchanges, failures }) => (exchanges + failures) / 60),
      failures_per_min: mean(steady, ({ failures }) => failures),
      written_in_all: [...writes].map(([what, count]) => `${count} × ${what}`).join(', ') || 'nothing',
      stopped: writes.get('spec.running: false') ?? 0,
      policy: 'the default of a cluster'
    }
  });
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const rounded = (value: number): number => Number(value.toFixed(2));
