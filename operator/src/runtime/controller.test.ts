import { describe, expect, test } from '@jest/globals';
import { ApiError } from './api-error.js';
import { Controller, type ControllerOptions, type Reconciler, TerminalError } from './controller.js';
import { FakeClock, settled } from './fake-clock.testkit.js';
import { keptLog, keptMetrics } from './kept.testkit.js';
import type { Key } from './resource.js';
import { WorkQueue } from './work-queue.js';

interface Call {
  readonly key: Key;
  readonly signal: AbortSignal;
  readonly succeed: (recheckAfterMs?: number) => void;
  readonly fail: (error: unknown) => void;
}

/** A controller whose reconciles end as the test says. */
function makeController(options: Partial<ControllerOptions> = {}) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 1, baseDelayMs: 100 });
  const { log, lines, messages } = keptLog();
  const { metrics, counted } = keptMetrics();
  const calls: Call[] = [];
  const reconciler: Reconciler = {
    reconcile: (key, signal) =>
      new Promise((resolve, reject) => {
        const succeed = (recheckAfterMs?: number) => resolve(recheckAfterMs === undefined ? {} : { recheckAfterMs });
        calls.push({ key, signal, succeed, fail: reject });
      })
  };
  const parts = { name: 'workspaces', queue, reconciler, workers: 2, keys: () => [], clock, log, metrics };
  const controller = new Controller({ ...parts, ...options });
  const stop = new AbortController();
  const abandon = new AbortController();
  let hasEnded = false;
  const run = async () => {
    void controller.run(stop.signal, abandon.signal).then(() => (hasEnded = true));
    await settled();
  };
  const call = (index: number): Call => {
    const found = calls[index];
    if (found === undefined) throw new Error(`there were ${calls.length} calls`);
    return found;
  };
  const results = () => counted.filter(([what]) => what === 'reconciled').map(([, , result]) => result);
  const ended = () => hasEnded;
  return { controller, clock, queue, lines, messages, counted, calls, call, run, stop, abandon, ended, results };
}

/** Until the abort is heard, and the reconcile ends with its reason. */
function heed(call: Call): void {
  call.signal.addEventListener('abort', () => call.fail(call.signal.reason));
}

describe('what it works on', () => {
  test('all there is, as soon as it leads, and then what is added', async () => {
    const { queue, run, calls, call } = makeController({ keys: () => ['a', 'b', 'c'] });
    queue.add('before it led');
    await run();
    expect(calls.map(({ key }) => key)).toEqual(['a', 'b']);
    call(0).succeed();
    await settled();
    queue.add('d');
    call(1).succeed();
    await settled();
    expect(calls.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('one key is with one worker only, and what changed meanwhile is looked at again', async () => {
    const { queue, run, calls, call } = makeController();
    await run();
    queue.add('a');
    await settled();
    queue.add('a');
    await settled();
    expect(calls).toHaveLength(1);
    call(0).succeed();
    await settled();
    expect(calls).toHaveLength(2);
  });

  test('thousands that need nothing do not keep the renewal of the lease waiting until all are done', async () => {
    let reconciled = 0;
    const reconciler = { reconcile: async () => ((reconciled += 1), {}) };
    const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);
    const { run } = makeController({ reconciler, keys: () => keys });
    await run();
    expect(reconciled).toBeGreaterThan(0);
    expect(reconciled).toBeLessThan(100);
  });

  test('it looks again when the reconciler asked for that', async () => {
    const { clock, run, calls, call } = makeController({ keys: () => ['a'] });
    await run();
    call(0).succeed(5_000);
    await clock.advance(4_999);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls).toHaveLength(2);
  });
});

describe('failures', () => {
  test('are tried again, later each time, with one line each, until it works', async () => {
    const { clock, run, calls, call, lines, queue, results } = makeController({ keys: () => ['a'] });
    await run();
    call(0).fail(new Error('first'));
    await clock.advance(100);
    call(1).fail(new Error('second'));
    await clock.advance(199);
    expect(calls).toHaveLength(2);
    await clock.advance(1);
    call(2).succeed();
    await settled();
    queue.add('a');
    await settled();
    call(3).fail(new Error('third'));
    await settled();
    const tries = lines.map(({ level, fields }) => [level, fields['key'], fields['attempt'], String(fields['error'])]);
    expect(tries).toEqual([
      ['warn', 'a', 1, 'Error: first'],
      ['warn', 'a', 2, 'Error: second'],
      ['warn', 'a', 1, 'Error: third']
    ]);
    expect(results()).toEqual(['retry', 'retry', 'success', 'retry']);
  });

  test('a terminal one is not tried again before the object changes', async () => {
    const { clock, run, calls, call, messages, queue, results } = makeController({ keys: () => ['a'] });
    await run();
    call(0).fail(new TerminalError('it can never work'));
    await clock.advance(3_600_000);
    expect(calls).toHaveLength(1);
    expect(messages('error')).toEqual(['a reconcile failed for good']);
    expect(results()).toEqual(['terminal']);
    queue.add('a');
    await settled();
    expect(calls).toHaveLength(2);
  });

  test('a conflict is no news, unless it goes on and on', async () => {
    const { clock, run, calls, call, messages, results } = makeController({ keys: () => ['a'] });
    await run();
    for (let time = 0; time < 6; time += 1) {
      expect(calls).toHaveLength(time + 1);
      call(time).fail(new ApiError('it has been modified', { status: 409, reason: 'Conflict' }));
      await clock.advance(60_000);
      expect(messages('warn')).toHaveLength(time < 5 ? 0 : 1);
    }
    expect(new Set(results())).toEqual(new Set(['conflict']));
  });

  test('a server that asks for patience gets it', async () => {
    const { clock, run, calls, call } = makeController({ keys: () => ['a'] });
    await run();
    call(0).fail(new ApiError('too many requests', { status: 429, retryAfterMs: 7_000 }));
    await clock.advance(6_999);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls).toHaveLength(2);
  });

  test('a reconcile that forgets itself is aborted, and tried again', async () => {
    const { clock, run, calls, call, lines } = makeController({ keys: () => ['a'] });
    await run();
    heed(call(0));
    await clock.advance(60_000);
    expect(call(0).signal.aborted).toBe(true);
    expect(lines.map(({ fields }) => (fields['error'] as Error).message)).toEqual([
      'a reconcile: not done within 60 s'
    ]);
    await clock.advance(100);
    expect(calls).toHaveLength(2);
    call(1).succeed();
    await settled();
    expect(clock.pending).toBe(0);
  });

  test('one that does not heed the abort makes the process ill, and its key is not worked on twice', async () => {
    const { clock, controller, run, calls, queue } = makeController({ keys: () => ['a'] });
    await run();
    await clock.advance(120_000);
    expect(controller.isStuck).toBe(false);
    queue.add('a');
    await clock.advance(1);
    expect(controller.isStuck).toBe(true);
    expect(calls).toHaveLength(1);
  });

  test('a wish for no time at all is a failure like another', async () => {
    const { run, calls, call, clock, results } = makeController({ keys: () => ['a'] });
    await run();
    call(0).succeed(Number.NaN);
    await clock.advance(100);
    expect(calls).toHaveLength(2);
    call(1).succeed(Number.NaN);
    await clock.advance(199);
    expect(calls).toHaveLength(2);
    expect(results()).toEqual(['retry', 'retry']);
  });
});

describe('the end', () => {
  test('what is in hand is finished, and nothing new is begun', async () => {
    const { run, stop, ended, calls, call, clock } = makeController({ keys: () => ['a', 'b', 'c'] });
    await run();
    stop.abort();
    await clock.advance(1_000);
    expect(call(0).signal.aborted).toBe(false);
    call(0).succeed();
    await settled();
    expect(ended()).toBe(false);
    call(1).succeed();
    await settled();
    expect(ended()).toBe(true);
    expect(calls).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test('what takes too long is aborted then, which is no failure', async () => {
    const { run, stop, ended, call, clock, lines, results } = makeController({ keys: () => ['a'] });
    await run();
    heed(call(0));
    stop.abort();
    await clock.advance(9_999);
    expect(ended()).toBe(false);
    await clock.advance(1);
    expect(ended()).toBe(true);
    expect(lines).toEqual([]);
    expect(results()).toEqual(['abandoned']);
  });

  test('what does not heed even that is left behind, and said', async () => {
    const { run, stop, ended, clock, lines } = makeController({ keys: () => ['a'] });
    await run();
    stop.abort();
    await clock.advance(11_000);
    expect(ended()).toBe(true);
    expect(lines.map(({ level, fields }) => [level, fields['keys']])).toEqual([['error', ['a']]]);
  });

  test('what is to be abandoned is aborted at once', async () => {
    const { run, abandon, ended, call } = makeController({ keys: () => ['a'] });
    await run();
    heed(call(0));
    abandon.abort();
    await settled();
    expect(ended()).toBe(true);
  });

  test('one that is to end before it begins ends', async () => {
    const { run, stop, ended, calls } = makeController({ keys: () => ['a'] });
    stop.abort();
    await run();
    expect([ended(), calls.length]).toEqual([true, 0]);
  });
});

test('it says how deep its queue is, how long keys waited, and how long they took', async () => {
  const { run, counted, call, clock, queue } = makeController({ keys: () => ['a', 'b', 'c'] });
  const depth = counted[0]?.[2] as () => number;
  await run();
  expect(depth()).toBe(1);
  await clock.advance(40);
  call(0).succeed();
  await settled();
  expect(depth()).toBe(0);
  expect(counted.slice(1)).toEqual([
    ['taken', 'workspaces', 0],
    ['taken', 'workspaces', 0],
    ['reconciled', 'workspaces', 'success', 40],
    ['taken', 'workspaces', 40]
  ]);
  expect(queue.waitedMs('c')).toBe(40);
});
