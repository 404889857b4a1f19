/** Stops that would be wrong, and what would be said wrongly of a stop: by what was true a moment ago, or of another pod. */
import { afterEach, expect, test } from '@jest/globals';
import { ActivityWorld, SHORT, type WorldOptions } from './activity-world.testkit.js';

let worlds: ActivityWorld[] = [];

afterEach(async () => {
  await Promise.all(worlds.map(world => world.end()));
  worlds = [];
});

async function start(options: WorldOptions = {}): Promise<ActivityWorld> {
  const world = await ActivityWorld.start(options);
  worlds.push(world);
  return world;
}

const reasons = (world: ActivityWorld): string[] => world.events.map(({ reason }) => reason);

test('a pod that came after a warning is not stopped for the idleness of the one before', async () => {
  const world = await start();
  await world.passes(50);
  expect(world.idle).toBe('IdleWarning');
  world.runs('pod-2');
  world.agent.forgets(1);
  world.restart();
  await world.passes(30);
  expect(world.workspace.spec.running).toBe(true);
});

test('a wish that its person has taken back warns nobody any more', async () => {
  const world = await start();
  world.agent.wish = { workspace: { hardSeconds: 40 } };
  await world.passes(10);
  world.agent.wish = null;
  await world.passes(15);
  expect([world.idle, reasons(world)]).toEqual([undefined, []]);
});

test('who comes back while the agent is told of the stop is not stopped', async () => {
  const world = await start();
  await world.passes(40);
  let orders = 0;
  world.agent.beforeAnswer = says => {
    if (says.orders.length === 0 || (orders += 1) > 1) return;
    world.agent.evidence = { ...world.agent.evidence, input_t: world.nowMs / 1000 };
    world.agent.read();
  };
  await world.passes(50);
  expect([orders, world.workspace.spec.running, world.idle]).toEqual([1, true, undefined]);
  expect(reasons(world)).toEqual(['IdleWarning', 'IdleOver']);
});

test('a process that no longer leads tells no agent anything: an order that is heard is carried out', async () => {
  const world = await start();
  await world.passes(40);
  const heard = world.agent.heard.length;
  world.leads = false;
  world.restart();
  await expect(world.look()).rejects.toThrow('does not lead');
  expect(world.agent.heard).toHaveLength(heard);
});

test('readings that are more than one look hears are heard soon: half an hour later there would be as many again', async () => {
  const world = await start({ policy: { ...SHORT, enabled: false } });
  await world.passes(150);
  world.restart();
  world.agent.pieces = 1;
  await world.look();
  expect(world.agent.heard.at(-1)?.says.cursor).toMatchObject({ seq: 7 });
  await world.passes(90);
  expect(world.agent.heard.at(-1)?.says.cursor?.seq).toBeGreaterThan(30);
});

test('one that was resumed, and that its person stopped before it was ever judged, was not stopped for being idle', async () => {
  const world = await start();
  await world.passes(100);
  await world.look();
  const { podUid: _, ...status } = world.workspace.status ?? {};
  expect(status.activity?.lastStop).toMatchObject({ podUid: 'pod-1' });
  world.changes({ spec: { ...world.workspace.spec, running: true }, status });
  await world.look();
  world.changes({ spec: { ...world.workspace.spec, running: false } });
  await world.look();
  expect(world.workspace.status?.activity?.lastStop?.resumedAt).toBeDefined();
});
