import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeClock, settled } from './fake-clock.testkit.js';
import { keptLog } from './kept.testkit.js';
import { NotLeadingError, type Term } from './leader-election.js';
import { createMetrics } from './metrics.js';
import { type OperatorParts, runOperator } from './operator.js';
import type { Resource } from './resource.js';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };

let ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));

/** An operator with one watched cache and one controller, of which the test decides what they do; `told` is what happened, in order. */
async function start(parts: Partial<OperatorParts> = {}) {
  const clock = new FakeClock();
  const { log, lines, messages } = keptLog();
  const told: string[] = [];
  const signals = new EventEmitter();
  const exits: number[] = [];
  const cache = { resource: PODS, isSynced: true };
  const listWatch = {
    lastActiveMs: 0,
    run: async (signal: AbortSignal) => {
      await aborted(signal);
      told.push('watch ended');
    }
  };
  const drain = { finish: () => undefined as void };
  const controller = {
    name: 'workspaces',
    isStuck: false,
    run: async (stop: AbortSignal) => {
      told.push('controller began');
      await aborted(stop);
      await new Promise<void>(resolve => (drain.finish = resolve));
      told.push('controller ended');
    }
  };
  const lose = { now: (_error: Error): void => undefined };
  const election = {
    run: async ({ signal, lead }: Term) => {
      told.push('election');
      if (signal.aborted) return;
      const lost = new AbortController();
      const losing = new Promise<never>((_, reject) => {
        lose.now = error => {
          lost.abort(error);
          reject(error);
        };
      });
      await Promise.race([lead(lost.signal), losing]);
      told.push('lease given back');
    }
  };
  let code: number | undefined;
  const ended = runOperator({
    watched: [{ cache, listWatch }],
    election,
    controllers: [controller],
    health: { host: '127.0.0.1', port: 0 },
    log,
    metrics: createMetrics(),
    clock,
    signals: signals as unknown as NonNullable<OperatorParts['signals']>,
    exit: status => void exits.push(status),
    ...parts
  }).then(status => (code = status));
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await settled();
  };
  await until(() => messages('info').includes('watches') || code !== undefined);
  const port = lines[0]?.fields['healthPort'] as number;
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  ends.push(async () => {
    signals.emit('SIGTERM', 'SIGTERM');
    drain.finish();
    await clock.advance(1_000);
    lose.now(new Error('the test has ended'));
    await ended;
  });
  return { clock, told, signals, exits, cache, listWatch, controller, drain, lose, lines, messages, ask, ended, until };
}

describe('beginning', () => {
  test('it stands for election once it has seen everything, and is ready then', async () => {
    const cache = { resource: PODS, isSynced: false };
    const { clock, told, ask, until } = await start({
      watched: [{ cache, listWatch: { lastActiveMs: 0, run: aborted } }]
    });
    await clock.advance(60_000);
    expect([told, await ask('/readyz'), await ask('/healthz')]).toEqual([[], 503, 200]);
    cache.isSynced = true;
    await clock.advance(100);
    await until(() => told.length > 0);
    expect([told, await ask('/readyz')]).toEqual([['election', 'controller began'], 200]);
  });

  test('one that is told to end before that ends', async () => {
    const cache = { resource: PODS, isSynced: false };
    const { told, signals, ended } = await start({
      watched: [{ cache, listWatch: { lastActiveMs: 0, run: aborted } }]
    });
    signals.emit('SIGTERM', 'SIGTERM');
    expect([await ended, told]).toEqual([0, []]);
  });
});

describe('ending', () => {
  test.each(['SIGTERM', 'SIGINT'])(
    '%s: the work is finished, then the lease given back, then nothing is watched',
    async name => {
      const { told, signals, drain, ended, until } = await start();
      await until(() => told.includes('controller began'));
      signals.emit(name, name);
      await settled();
      expect(told).toEqual(['election', 'controller began']);
      drain.finish();
      expect(await ended).toBe(0);
      await settled();
      expect(told.slice(2)).toEqual(['controller ended', 'lease given back', 'watch ended']);
      expect([signals.listenerCount('SIGTERM'), signals.listenerCount('SIGINT')]).toEqual([0, 0]);
    }
  );

  test('a second signal ends it there and then', async () => {
    const { told, signals, exits, until } = await start();
    await until(() => told.includes('controller began'));
    signals.emit('SIGTERM', 'SIGTERM');
    expect(exits).toEqual([]);
    signals.emit('SIGINT', 'SIGINT');
    expect(exits).toEqual([1]);
  });

  test('who has lost leadership ends with 1, and does not wait for the work in hand', async () => {
    const { told, lose, ended, until, messages } = await start();
    await until(() => told.includes('controller began'));
    lose.now(new NotLeadingError('leadership has lapsed'));
    expect(await ended).toBe(1);
    expect(told).not.toContain('controller ended');
    expect(messages('warn')).toEqual(['leadership is lost: this process ends']);
  });

  test('what nobody expected ends it with 1 and wakes a person', async () => {
    const run = () => Promise.reject(new TypeError('a bug'));
    const { ended, messages } = await start({
      watched: [{ cache: { resource: PODS, isSynced: true }, listWatch: { lastActiveMs: 0, run } }]
    });
    expect(await ended).toBe(1);
    expect(messages('error')).toEqual(['this process ends: it cannot go on']);
  });
});

describe('health', () => {
  test('a watch that did nothing for a quarter of an hour makes the process ill', async () => {
    const { clock, ask, listWatch } = await start();
    await clock.advance(900_000);
    expect(await ask('/healthz')).toBe(200);
    await clock.advance(1);
    expect(await ask('/healthz')).toBe(503);
    listWatch.lastActiveMs = clock.now();
    expect(await ask('/healthz')).toBe(200);
  });

  test('so does a reconcile that does not end', async () => {
    const { ask, controller } = await start();
    controller.isStuck = true;
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([503, 200]);
  });
});
