/** What a list-watch makes of a server that is away for a while, and of one that comes back as another. */
import { ListWatchWorld, RESYNC_AND_MORE_MS } from './list-watch-world.testkit.js';

let world: ListWatchWorld;

beforeEach(async () => {
  world = await ListWatchWorld.make();
  world.server.put('a', 'red');
  world.server.put('b', 'red');
  world.server.put('c', 'blue');
});

afterEach(() => world.stop());

function expectAgreement(): void {
  expect(world.inCache).toEqual(world.onServer);
  expect(world.asFollowed).toEqual(world.onServer);
}

async function started(): Promise<void> {
  world.start();
  await world.untilCaughtUp();
  world.takeAsked();
}

describe('a server that is away', () => {
  test('is asked less and less often, and logged once, with how long it was', async () => {
    world.server.failLists.push(...Array<number>(8).fill(500));
    const begunMs = world.clock.now();
    world.start();
    await world.untilCaughtUp();
    expect(world.takeAsked().filter(asked => asked === 'list')).toHaveLength(9);
    expect(world.clock.now() - begunMs).toBeGreaterThan(30_000);
    expect(world.kept.messages('warn')).toEqual(['a watch is interrupted']);
    expect(world.kept.messages('info')).toEqual([]);
    await world.clock.advance(6_000);
    world.server.put('d');
    await world.until('it says that it is back', () => world.kept.messages('info').length > 0);
    expect(world.kept.lines.at(-1)).toMatchObject({ message: 'a watch is back', fields: { resource: 'configmaps' } });
    expectAgreement();
  });

  test('is asked no more than every 10 s, and soon again after a success', async () => {
    await started();
    world.server.failWatches.push(...Array<number>(12).fill(0));
    world.server.resetWatches();
    const begunMs = world.clock.now();
    await world.untilCaughtUp();
    expect(world.clock.now() - begunMs).toBeLessThan(12 * 11_000);
    await world.clock.advance(6_000);
    world.server.put('d');
    await world.untilCaughtUp();
    const againMs = world.clock.now();
    world.server.resetWatches();
    await world.until('nobody watches', () => world.server.watchers === 0);
    await world.untilCaughtUp();
    expect(world.clock.now() - againMs).toBeLessThan(10_000);
  });

  test('keeps no list-watch from ending that is told to', async () => {
    world.server.failLists.push(0);
    world.start();
    await world.until('it waits', () => world.kept.messages('warn').length === 1);
    await world.stop();
    world = await ListWatchWorld.make();
  });
});

describe('a server that was restored from a snapshot', () => {
  test.each([{ isLenient: false }, { isLenient: true }])('is listed, %p', async ({ isLenient }) => {
    const snapshot = world.server.snapshot();
    await started();
    world.server.isLenient = isLenient;
    world.server.put('a', 'lost');
    world.server.put('d', 'lost');
    world.server.remove('b');
    await world.untilCaughtUp();
    world.server.restore(snapshot);
    await world.until('nobody watches', () => world.server.watchers === 0);
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.cache.get('default/a')?.data).toEqual({ value: 'red' });
  });

  test('is listed at the next resync at the latest when it has overtaken the version that was seen', async () => {
    const snapshot = world.server.snapshot();
    await started();
    world.server.put('a', 'lost');
    await world.untilCaughtUp();
    world.server.restore(snapshot);
    world.server.put('b', 'again');
    world.server.put('c', 'again');
    await world.untilCaughtUp();
    expect(world.inCache).not.toEqual(world.onServer);
    await world.clock.advance(RESYNC_AND_MORE_MS);
    await world.until('it lists', () => world.server.asked.includes('list'));
    await world.untilCaughtUp();
    expectAgreement();
  });

  test('is listed within a minute of the outage when it has overtaken the version that was seen', async () => {
    const snapshot = world.server.snapshot();
    await started();
    world.server.put('a', 'lost');
    await world.untilCaughtUp();
    world.server.restore(snapshot);
    world.server.put('b', 'again');
    world.server.put('c', 'again');
    await world.untilCaughtUp();
    await world.clock.advance(6_000);
    world.server.put('d');
    await world.untilCaughtUp();
    expect(world.inCache).not.toEqual(world.onServer);
    await world.clock.advance(60_000);
    await world.until('it lists', () => world.server.asked.includes('list'));
    await world.untilCaughtUp();
    expectAgreement();
  });

  test('is listed when an event is older than its watch', async () => {
    await started();
    world.server.elsewhere(10);
    await world.untilCaughtUp();
    world.server.say(
      '{"type":"MODIFIED","object":{"metadata":{"name":"z","namespace":"default","resourceVersion":"50"}}}\n'
    );
    await world.until('it lists', () => world.server.asked.includes('list'));
    await world.untilCaughtUp();
    expectAgreement();
  });
});
