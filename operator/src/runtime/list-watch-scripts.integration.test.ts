/** Whatever a server does, in whatever order: when it has come to its senses, the cache is what the server has. */
import * as fc from 'fast-check';
import { ListWatchWorld, RESYNC_AND_MORE_MS } from './list-watch-world.testkit.js';
import type { ScriptedApiServer, Snapshot } from './scripted-api-server.testkit.js';

const RUNS = 60;

interface Step {
  readonly name: string;
  readonly run: (server: ScriptedApiServer, world: ListWatchWorld) => Promise<void> | void;
}

const objectName = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const few = fc.integer({ min: 1, max: 3 });

const step = <T>(name: string, argument: fc.Arbitrary<T>, run: (server: ScriptedApiServer, argument: T) => void) =>
  argument.map((value): Step => ({ name: `${name}(${JSON.stringify(value)})`, run: server => run(server, value) }));
const plain = (name: string, run: (server: ScriptedApiServer) => void): fc.Arbitrary<Step> =>
  fc.constant({ name, run });

const change = fc.oneof(
  step('put', fc.tuple(objectName, few), (server, [name, value]) => server.put(name, `v${value}`)),
  step('remove', objectName, (server, name) => server.remove(name)),
  step('elsewhere', few, (server, writes) => server.elsewhere(writes))
);

const oddity = fc.oneof(
  plain('bookmark', server => server.bookmark()),
  step('repeat', few, (server, count) => server.repeat(count)),
  step('repeatOne', fc.nat(4), (server, age) => server.repeatOne(age)),
  step('pageSize', few, (server, size) => (server.pageSize = size)),
  step('pagesChange', fc.boolean(), (server, isSo) => (server.pagesChange = isSo)),
  step('isLenient', fc.boolean(), (server, isSo) => (server.isLenient = isSo))
);

const fault = fc.oneof(
  plain('endWatches', server => server.endWatches()),
  plain('resetWatches', server => server.resetWatches()),
  plain('resetWatches in a line', server => server.resetWatches('{"type":"ADDED","obj')),
  plain('truncateWatches', server => server.truncateWatches()),
  plain('expireWatches', server => server.expireWatches()),
  plain('say no JSON', server => server.say('}\n')),
  plain('compact', server => server.compact()),
  step('removeUnseen', objectName, (server, name) => server.removeUnseen(name)),
  step('failLists', fc.constantFrom(0, 403, 429, 500, 503), (server, code) => server.failLists.push(code)),
  step('failWatches', fc.constantFrom(0, 400, 403, 410, 500), (server, code) => server.failWatches.push(code)),
  plain('slow', server => (server.isSlow = true)),
  plain('release', server => server.release()),
  plain('silent', server => (server.isSilent = true))
);

/** What a step did reaches the client before the next, or has not yet: both happen. */
const pause = fc.constantFrom<Step>(
  { name: 'let it work', run: () => new Promise(resolve => setTimeout(resolve, 5)) },
  { name: 'a second', run: (_server, world) => world.clock.advance(1_000) },
  { name: 'ten minutes', run: (_server, world) => world.clock.advance(600_000) }
);

const script = fc.array(fc.oneof({ weight: 4, arbitrary: change }, oddity, fault, pause), { maxLength: 40 });

interface Course {
  readonly steps: readonly Step[];
  /** The first step comes when everything is listed. */
  readonly isWatching: boolean;
  /** After two thirds of the steps everything is as it was after the first. */
  readonly isRestored: boolean;
}

async function play({ steps, isWatching, isRestored }: Course, world: ListWatchWorld): Promise<void> {
  const third = Math.floor(steps.length / 3);
  let snapshot: Snapshot | undefined;
  world.start();
  if (isWatching) await world.untilCaughtUp();
  for (const [at, { run }] of steps.entries()) {
    if (at === third && isRestored) snapshot = world.server.snapshot();
    if (at === 2 * third && snapshot !== undefined) world.server.restore(snapshot);
    await run(world.server, world);
  }
  comeToSenses(world.server);
}

/** What was not said while the server was silent it says to the next watch only. */
function comeToSenses(server: ScriptedApiServer): void {
  if (server.isSilent) server.endWatches();
  server.isSilent = false;
  server.failLists.length = 0;
  server.failWatches.length = 0;
  server.release();
}

async function expectAgreementAfter(course: Course): Promise<void> {
  const world = await ListWatchWorld.make();
  try {
    await play(course, world);
    if (course.isRestored) {
      await world.untilWatching();
      await world.clock.advance(RESYNC_AND_MORE_MS);
    }
    await world.untilCaughtUp();
    expect(world.inCache).toEqual(world.onServer);
    expect(world.asFollowed).toEqual(world.onServer);
    for (const { metadata, data } of world.server.model.values()) {
      const found = world.cache.by('value', data['value'] ?? '');
      expect(found.map(object => object.metadata.name)).toContain(metadata.name);
    }
  } finally {
    await world.stop();
  }
}

const property = (isRestored: boolean) =>
  fc.asyncProperty(script, fc.boolean(), async (steps, isWatching) => {
    try {
      await expectAgreementAfter({ steps, isWatching, isRestored });
    } catch (error) {
      throw new Error(`after ${steps.map(({ name }) => name).join(', ')}`, { cause: error });
    }
  });

test('the cache agrees with the server after any script', () => fc.assert(property(false), { numRuns: RUNS }), 120_000);

test(
  'and after one in which the server was restored from a snapshot',
  () => fc.assert(property(true), { numRuns: RUNS }),
  120_000
);
