import type { Usage, UsageSample } from '@berth/gateway/contract';
import { UsageFeed } from './usage-feed.js';

const sample = (atMs: number): UsageSample => ({
  atMs,
  machine: { cores: 1, coresTotal: 8, memoryBytes: 1, memoryTotalBytes: 2 },
  devices: [],
  holders: []
});

function setUp() {
  const asked: number[] = [];
  const signals: AbortSignal[] = [];
  let next: UsageSample[] = [];
  const usage = (afterMs: number, signal?: AbortSignal): Promise<Usage> => {
    asked.push(afterMs);
    if (signal) signals.push(signal);
    return Promise.resolve({ samples: next, intervalMs: 2_000 });
  };
  const feed = new UsageFeed({ usage });
  return { feed, asked, signals, give: (...samples: UsageSample[]) => void (next = samples) };
}

/** After the feed has taken in an answer. */
const changed = (feed: UsageFeed) =>
  new Promise<void>(resolve => {
    const once = (): void => {
      feed.changed.disconnect(once);
      resolve();
    };
    feed.changed.connect(once);
  });

test('it asks nothing before it is looked at', async () => {
  const { feed, asked } = setUp();
  await Promise.resolve();
  expect(asked).toEqual([]);
  feed.dispose();
});

test('it asks for what it does not have yet, and keeps what it has over a pause', async () => {
  const { feed, asked, signals, give } = setUp();
  give(sample(1), sample(2));
  feed.start();
  await changed(feed);
  feed.stop();
  expect(signals[0]?.aborted).toBe(true);
  give(sample(3));
  feed.start();
  await changed(feed);
  expect(asked).toEqual([0, 2]);
  expect(feed.history.map(({ atMs }) => atMs)).toEqual([1, 2, 3]);
  feed.dispose();
});

test('after it is disposed it asks no more, whoever starts it', async () => {
  const { feed, asked } = setUp();
  feed.dispose();
  feed.start();
  await new Promise(resolve => setTimeout(resolve));
  expect(asked).toEqual([]);
});
