/** What a list-watch makes of everything that a server can do to it: in the end the cache is what the server has. */
import { ListWatchWorld } from './list-watch-world.testkit.js';

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

describe('a list-watch', () => {
  test('lists, then follows', async () => {
    world.start();
    await world.untilWatching();
    expect(world.cache.isSynced).toBe(true);
    expect(world.takeAsked()).toEqual(['list', 'watch 103']);
    world.server.put('a', 'green');
    world.server.remove('b');
    world.server.put('d', 'green');
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.takeAsked()).toEqual([]);
    expect(world.cache.by('value', 'green').map(({ metadata }) => metadata.name)).toEqual(['a', 'd']);
    expect(world.cache.by('value', 'red')).toEqual([]);
  });

  test('is not synced before the last page', async () => {
    world.server.pageSize = 1;
    world.server.isSlow = true;
    world.start();
    await world.until('it lists', () => world.server.asked.length === 1);
    expect(world.cache.isSynced).toBe(false);
    world.server.release();
    await world.untilCaughtUp();
    expect(world.takeAsked()).toEqual(['list', 'page', 'page', 'watch 103']);
    expectAgreement();
  });

  test('takes what comes during a slow list from the watch', async () => {
    world.server.isSlow = true;
    world.start();
    await world.until('it lists', () => world.server.asked.length === 1);
    world.server.remove('a');
    world.server.put('d');
    world.server.release();
    await world.untilCaughtUp();
    expectAgreement();
  });

  test('gives a list up that is not answered in 30 s, and lists again', async () => {
    world.server.isSlow = true;
    world.start();
    await world.until('it lists', () => world.server.asked.length === 1);
    world.server.isSlow = false;
    await world.clock.advance(30_000);
    await world.untilCaughtUp();
    expect(world.takeAsked()).toEqual(['list', 'list', 'watch 103']);
  });

  test('survives objects that change between the pages', async () => {
    world.server.pageSize = 1;
    world.server.pagesChange = true;
    world.server.isSlow = true;
    world.start();
    await world.until('it lists', () => world.server.asked.length === 1);
    world.server.remove('c');
    world.server.put('b', 'white');
    world.server.release();
    await world.untilCaughtUp();
    expectAgreement();
  });

  test('begins the list anew when the rest of it has expired', async () => {
    world.server.pageSize = 1;
    world.server.isSlow = true;
    world.start();
    await world.until('it lists', () => world.server.asked.length === 1);
    world.server.compact();
    world.server.release();
    await world.untilCaughtUp();
    expect(world.takeAsked()).toEqual(['list', 'page', 'list', 'page', 'page', 'watch 103']);
    expectAgreement();
  });

  test('goes on from where it was when the server ends the watch, without a list', async () => {
    await started();
    for (const name of ['d', 'e', 'f']) {
      await world.clock.advance(30_000);
      world.server.endWatches();
      world.server.put(name);
      await world.untilCaughtUp();
    }
    expectAgreement();
    expect(world.takeAsked()).toEqual(['check', 'watch 103', 'check', 'watch 104', 'check', 'watch 105']);
    expect(world.kept.lines).toEqual([]);
  });

  test('goes on from a bookmark where nothing else came', async () => {
    await started();
    world.server.elsewhere(50);
    world.server.bookmark();
    await world.until('it has seen the bookmark', () => world.cache.version === '153');
    world.server.compact();
    await world.clock.advance(300_000);
    world.server.endWatches();
    world.server.put('a', 'white');
    await world.untilCaughtUp();
    expect(world.takeAsked()).toEqual(['check', 'watch 153']);
    expect(world.announced).toEqual(['default/a', 'default/b', 'default/c', 'default/a']);
  });

  test('does not ask in a busy loop when the server ends every watch at once', async () => {
    await started();
    const begunMs = world.clock.now();
    for (let ends = 0; ends < 8; ends += 1) {
      await world.untilWatching();
      world.server.endWatches();
    }
    await world.untilWatching();
    expect(world.clock.now() - begunMs).toBeGreaterThan(30_000);
  });

  test.each([
    { name: 'is reset', fault: () => world.server.resetWatches() },
    { name: 'is reset in the middle of a line', fault: () => world.server.resetWatches('{"type":"MODI') },
    { name: 'ends within a line', fault: () => world.server.truncateWatches() },
    { name: 'says what is no JSON', fault: () => world.server.say('{"type":}\n') },
    { name: 'says what is no event', fault: () => world.server.say('{"type":"NEWS"}\n') },
    { name: 'says an event of nothing', fault: () => world.server.say('{"type":"ADDED","object":{}}\n') }
  ])('goes on without a list when the watch $name', async ({ fault }) => {
    await started();
    fault();
    await world.until('nobody watches', () => world.server.watchers === 0);
    world.server.remove('a');
    world.server.put('d');
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.takeAsked()).toEqual(['check', 'watch 103']);
  });

  test('ends a line that does not end', async () => {
    await started();
    world.server.say(`{"type":"ADDED","object":"${'x'.repeat(17 * 2 ** 20)}`);
    await world.until('nobody watches', () => world.server.watchers === 0);
    await world.untilCaughtUp();
    expectAgreement();
  });

  test('gives up a watch that outlives its time in silence', async () => {
    await started();
    world.server.isSilent = true;
    world.server.put('d');
    world.server.remove('a');
    await world.clock.advance(370_000);
    world.server.isSilent = false;
    await world.until('it watches again', () => world.server.asked.includes('watch 103'));
    await world.untilCaughtUp();
    expectAgreement();
  });

  test.each([
    { name: 'as an event', fault: () => world.server.expireWatches() },
    { name: 'as the answer', fault: () => world.server.resetWatches() }
  ])('lists again when its version has expired, which it is told $name', async ({ fault }) => {
    await started();
    world.server.isSilent = true;
    world.server.remove('a');
    world.server.put('d');
    world.server.put('b', 'white');
    world.server.compact();
    world.server.isSilent = false;
    fault();
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.takeAsked().filter(asked => asked === 'list')).toEqual(['list']);
  });

  test('sees in a list that something was deleted while nobody looked', async () => {
    await started();
    world.server.removeUnseen('b');
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.announced.at(-1)).toBe('default/b');
  });

  test('announces nothing twice: not an event that comes again, nor what a list says of what it knows', async () => {
    await started();
    world.server.put('a', 'white');
    world.server.remove('b');
    world.server.repeat(2);
    world.server.say('{"type":"ERROR","object":{"kind":"Status","code":410}}\n');
    await world.until('nobody watches', () => world.server.watchers === 0);
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.announced.slice(3)).toEqual(['default/a', 'default/b']);
  });

  test('does not go back to a version that comes late', async () => {
    await started();
    world.server.put('a', 'older');
    world.server.put('a', 'newer');
    world.server.repeatOne(1);
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.takeAsked()).toEqual([]);
  });

  test('does not bring back to life what was deleted when a change of it comes late', async () => {
    await started();
    world.server.put('a', 'dying');
    world.server.remove('a');
    world.server.repeatOne(1);
    await world.until('it asks again', () => world.server.asked.length > 0);
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.announced.slice(3)).toEqual(['default/a', 'default/a']);
  });

  test('keeps a new object of the same name when the end of the old one comes late', async () => {
    await started();
    world.server.remove('a');
    world.server.put('a', 'reborn');
    world.server.repeatOne(1);
    await world.untilCaughtUp();
    expectAgreement();
    expect(world.takeAsked()).toEqual([]);
  });
});

describe('a resync', () => {
  test('announces every object, and asks nothing of a server that was never away', async () => {
    await started();
    world.announced.length = 0;
    await world.clock.advance(360_000);
    world.server.endWatches();
    await world.untilCaughtUp();
    world.takeAsked();
    await world.clock.advance(300_000);
    expect(world.announced.sort()).toEqual(['default/a', 'default/b', 'default/c']);
    expect(world.takeAsked()).toEqual([]);
  });
});

test('ten thousand objects come in pages of 500, and change', async () => {
  for (let each = 0; each < 10_000; each += 1) world.server.put(`n-${each}`, `v-${each % 7}`);
  await started();
  expect(world.counted).toContain('listed 10003');
  for (let each = 0; each < 10_000; each += 10) world.server.put(`n-${each}`, 'new');
  for (let each = 5; each < 10_000; each += 10) world.server.remove(`n-${each}`);
  await world.untilCaughtUp();
  expectAgreement();
  expect(world.cache.by('value', 'new')).toHaveLength(1_000);
});
