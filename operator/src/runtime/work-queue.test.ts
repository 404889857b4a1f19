import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FakeClock, settled } from './fake-clock.testkit.js';
import type { Key } from './resource.js';
import { WorkQueue, type WorkQueueOptions } from './work-queue.js';

const NEVER = new AbortController().signal;

function makeQueue(options: Partial<WorkQueueOptions> = {}): { readonly queue: WorkQueue; readonly clock: FakeClock } {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 1, ...options });
  queue.open();
  return { queue, clock };
}

/** All that can be taken now, without waiting. */
async function drain(queue: WorkQueue): Promise<Key[]> {
  const keys: Key[] = [];
  while (queue.depth > 0) keys.push((await queue.take(NEVER)) as Key);
  return keys;
}

describe('taking', () => {
  test('keys come in the order in which they were added, each once', async () => {
    const { queue } = makeQueue();
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect(await drain(queue)).toEqual(['b', 'a', 'c']);
  });

  test('a key that is added while it is worked on is handed out again once it is done, and not before', async () => {
    const { queue } = makeQueue();
    queue.add('a');
    await queue.take(NEVER);
    queue.add('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await drain(queue)).toEqual(['a']);
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  test('who waits is served as soon as something comes, the first first', async () => {
    const { queue } = makeQueue();
    const taken: string[] = [];
    void queue.take(NEVER).then(key => taken.push(`first ${key}`));
    void queue.take(NEVER).then(key => taken.push(`second ${key}`));
    queue.add('a');
    queue.add('b');
    await settled();
    expect(taken).toEqual(['first a', 'second b']);
    expect(queue.depth).toBe(0);
  });

  test('nothing is handed to who has stopped waiting', async () => {
    const { queue } = makeQueue();
    const stop = new AbortController();
    const gone = queue.take(stop.signal);
    const waits = queue.take(NEVER);
    stop.abort();
    expect(await gone).toBeUndefined();
    queue.add('a');
    expect(await waits).toBe('a');
    queue.add('b');
    expect(await queue.take(stop.signal)).toBeUndefined();
    expect(queue.depth).toBe(1);
  });

  test('it knows how long a key waited, also one that waited for its own worker', async () => {
    const { queue, clock } = makeQueue();
    queue.add('a');
    await clock.advance(30);
    await queue.take(NEVER);
    expect(queue.waitedMs('a')).toBe(30);
    queue.add('a');
    await clock.advance(50);
    queue.done('a');
    await queue.take(NEVER);
    expect(queue.waitedMs('a')).toBe(50);
  });

  test('a hundred thousand keys are no work', async () => {
    const { queue } = makeQueue();
    const keys = Array.from({ length: 100_000 }, (_, index) => `ns/${index}`);
    for (const key of keys) queue.add(key);
    expect(await drain(queue)).toEqual(keys);
    for (const key of keys) queue.done(key);
    queue.add('last');
    expect(await drain(queue)).toEqual(['last']);
  });

  test('a standby collects nothing', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue({ clock, random: () => 1 });
    queue.add('a');
    queue.addAfter('b', 10);
    await clock.advance(10);
    expect([queue.depth, clock.pending]).toEqual([0, 0]);
    queue.open();
    queue.add('c');
    expect(await drain(queue)).toEqual(['c']);
  });
});

describe('later', () => {
  test('a key comes when it is due', async () => {
    const { queue, clock } = makeQueue();
    queue.addAfter('a', 100);
    await clock.advance(99);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await drain(queue)).toEqual(['a']);
  });

  test.each([
    { name: 'the earlier wish comes first', wishes: [50, 100] },
    { name: 'the earlier wish comes last', wishes: [100, 50] }
  ])('of two wishes the earlier counts: $name', async ({ wishes }) => {
    const { queue, clock } = makeQueue();
    for (const delayMs of wishes) queue.addAfter('a', delayMs);
    await clock.advance(50);
    expect(await drain(queue)).toEqual(['a']);
    queue.done('a');
    await clock.advance(100);
    expect([queue.depth, clock.pending]).toEqual([0, 0]);
  });

  test('a key that is due while it is worked on is not lost', async () => {
    const { queue, clock } = makeQueue();
    queue.add('a');
    await queue.take(NEVER);
    queue.addAfter('a', 10);
    await clock.advance(10);
    queue.done('a');
    expect(await drain(queue)).toEqual(['a']);
  });

  test('what is due in a thousand years is not due at once, and what is due in the past is', () => {
    const clock = new FakeClock();
    const delays: number[] = [];
    const setTimer = (run: () => void, delayMs: number) => {
      delays.push(delayMs);
      return clock.setTimer(run, delayMs);
    };
    const queue = new WorkQueue({ clock: { now: () => clock.now(), setTimer }, random: () => 1 });
    queue.open();
    queue.addAfter('a', 1000 * 365 * 86_400_000);
    queue.addAfter('b', Infinity);
    queue.addAfter('c', -5);
    expect(delays).toEqual([2 ** 31 - 1, 2 ** 31 - 1]);
    expect(queue.depth).toBe(1);
    expect(() => queue.addAfter('d', Number.NaN)).toThrow('d cannot be added after NaN ms');
  });
});

describe('retries', () => {
  async function delaysOf(queue: WorkQueue, clock: FakeClock, times: number): Promise<number[]> {
    const delays: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const beforeMs = clock.now();
      queue.addRateLimited('a');
      while (queue.depth === 0) await clock.advance(1);
      delays.push(clock.now() - beforeMs);
      for (const key of await drain(queue)) queue.done(key);
    }
    return delays;
  }

  test('a key that fails again comes back later each time, up to a bound, and from the start once it was well', async () => {
    const { queue, clock } = makeQueue({ baseDelayMs: 10, maxDelayMs: 50 });
    expect(await delaysOf(queue, clock, 5)).toEqual([10, 20, 40, 50, 50]);
    queue.forget('a');
    expect(await delaysOf(queue, clock, 2)).toEqual([10, 20]);
  });

  test('half of a delay is left to chance', async () => {
    const { queue, clock } = makeQueue({ baseDelayMs: 10, random: () => 0 });
    expect(await delaysOf(queue, clock, 3)).toEqual([5, 10, 20]);
  });

  test('a key that failed ten thousand times still comes back', async () => {
    const { queue, clock } = makeQueue({ maxDelayMs: 100, retriesPerS: 1e6 });
    for (let time = 1; time <= 10_000; time += 1) expect(queue.addRateLimited('a')).toBe(time);
    await clock.advance(100);
    expect(await drain(queue)).toEqual(['a']);
  });

  test('who asks for patience gets it, within bounds', async () => {
    const { queue, clock } = makeQueue({ baseDelayMs: 10, maxDelayMs: 500 });
    queue.addRateLimited('a', 100);
    queue.addRateLimited('b', 1e9);
    await clock.advance(99);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await drain(queue)).toEqual(['a']);
    await clock.advance(400);
    expect(await drain(queue)).toEqual(['b']);
  });

  test('a thousand keys that fail together come back at the pace of all, and a quiet time earns the next burst', async () => {
    const { queue, clock } = makeQueue({ baseDelayMs: 1, retriesPerS: 10, retryBurst: 100 });
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}`);
    for (const key of keys) queue.addRateLimited(key);
    await clock.advance(1);
    expect(queue.depth).toBe(100);
    await clock.advance(10_000);
    expect(queue.depth).toBe(200);
    await clock.advance(90_000);
    for (const key of await drain(queue)) queue.done(key);
    for (const key of keys) queue.forget(key);
    for (const key of keys.slice(0, 150)) queue.addRateLimited(key);
    await clock.advance(1);
    expect(queue.depth).toBe(100);
  });

  test('keys that are done and forgotten leave nothing', async () => {
    const { queue, clock } = makeQueue({ baseDelayMs: 1 });
    for (let index = 0; index < 1000; index += 1) {
      queue.add(`a${index}`);
      queue.addRateLimited(`b${index}`);
      queue.addAfter(`c${index}`, 5);
    }
    await clock.advance(60_000);
    for (const key of await drain(queue)) {
      queue.add(key);
      queue.done(key);
    }
    for (const key of await drain(queue)) {
      queue.done(key);
      queue.forget(key);
    }
    const kept = Object.values(queue).filter(value => value instanceof Map || value instanceof Set);
    expect(kept.map(({ size }) => size)).toEqual(kept.map(() => 0));
    expect(clock.pending).toBe(0);
  });
});

/** What a queue promises, without order and time: which keys wait, which are worked on, which of those must come again. */
class Model {
  readonly waiting = new Set<Key>();
  readonly working = new Set<Key>();
  readonly again = new Set<Key>();
  readonly later = new Set<Key>();

  add(key: Key): void {
    (this.working.has(key) ? this.again : this.waiting).add(key);
  }

  done(key: Key): void {
    this.working.delete(key);
    if (this.again.delete(key)) this.waiting.add(key);
  }

  /** Everything that was to come later has come. */
  time(): void {
    for (const key of this.later) this.add(key);
    this.later.clear();
  }
}

interface Both {
  readonly queue: WorkQueue;
  readonly clock: FakeClock;
  readonly model: Model;
}

/** Longer than any delay of this queue: in between, the model would have to know the delays themselves. */
const ALL_DELAYS_MS = 10;

const STEPS: Readonly<Record<string, (both: Both, key: Key) => void | Promise<void>>> = {
  add: ({ queue, model }, key) => {
    queue.add(key);
    model.add(key);
  },
  addAfter: ({ queue, model }, key) => {
    queue.addAfter(key, 5);
    model.later.add(key);
  },
  addRateLimited: ({ queue, model }, key) => {
    queue.addRateLimited(key);
    model.later.add(key);
  },
  take: async ({ queue, model }) => {
    if (queue.depth === 0) return;
    const taken = (await queue.take(NEVER)) as Key;
    expect([model.waiting.delete(taken), model.working.has(taken)]).toEqual([true, false]);
    model.working.add(taken);
  },
  done: ({ queue, model }, key) => {
    if (!model.working.has(key)) return;
    queue.done(key);
    model.done(key);
  },
  forget: ({ queue }, key) => queue.forget(key),
  time: async ({ clock, model }) => {
    await clock.advance(ALL_DELAYS_MS);
    model.time();
  }
};

const script = fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.constantFrom('a', 'b', 'c', 'd')), {
  maxLength: 80
});

test('whatever is done to it, no key is with two workers, none is lost, and none waits twice', async () => {
  await fc.assert(
    fc.asyncProperty(script, async steps => {
      const both = { ...makeQueue({ baseDelayMs: 2, maxDelayMs: 8 }), model: new Model() };
      const { queue, clock, model } = both;
      for (const [step, key] of [...steps, ['time', ''] as const]) {
        await STEPS[step]?.(both, key);
        expect([queue.depth, clock.pending]).toEqual([model.waiting.size, model.later.size]);
      }
      for (const key of [...model.working]) await STEPS['done']?.(both, key);
      expect(new Set(await drain(queue))).toEqual(model.waiting);
    }),
    { numRuns: 500 }
  );
});
