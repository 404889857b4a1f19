/** The activity of one workspace, from its agent's answers to what its person sees: real exchanges over HTTP, the real engine, a time that a test moves. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { agentTokenOf } from './agent-token.js';
import { kernelEvidence } from './agent.testkit.js';
import { ActivityWorld, SHORT, type WorldOptions } from './activity-world.testkit.js';
import { SETTINGS, WORKSPACE_UID } from '../workspace/served.testkit.js';

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

const NEVER = { softSeconds: null, hardSeconds: null };
const reasons = (world: ActivityWorld): string[] => world.events.map(({ reason }) => reason);

/** A cell computes: its kernel uses a processor. */
function computes(world: ActivityWorld): void {
  const cpuS = (world.agent.evidence.kernels[0]?.cpu_s ?? 0) + 5;
  world.agent.evidence = { ...world.agent.evidence, kernels: [kernelEvidence({ state: 'busy', cpu_s: cpuS })] };
}

describe('a workspace that works', () => {
  test('is asked seldom, and nothing is written about it', async () => {
    const world = await start();
    for (let look = 0; look < 120; look += 1) {
      computes(world);
      await world.passes(5);
    }
    expect(world.written).toEqual([]);
    expect(world.agent.heard.length).toBeLessThan(40);
    expect(await world.metric('idle_workspaces')).toContain('berth_operator_idle_workspaces{activity="active"} 1');
  });

  test('its agent is known by a token of its own', async () => {
    const world = await start();
    await world.passes(5);
    expect(world.agent.heard[0]?.authorization).toBe(`Bearer ${agentTokenOf(SETTINGS.agentKey, WORKSPACE_UID)}`);
  });

  test('a pod that another system made is never asked, let alone stopped', async () => {
    const world = await start({ spec: { adopt: { pod: 'jupyter-ada' } } });
    await world.passes(1_000);
    expect([world.agent.heard, world.written]).toEqual([[], []]);
  });
});

describe('an idle one', () => {
  test('is warned, its agent is told, and then it is stopped, not sooner', async () => {
    const world = await start();
    await world.passes(40);
    expect([world.idle, reasons(world)]).toEqual(['IdleWarning', ['IdleWarning']]);
    const { announcedAt = '', stopAt = '' } = world.workspace.status?.activity ?? {};
    expect(Date.parse(stopAt) - Date.parse(announcedAt)).toBeGreaterThanOrEqual(20_000 - 1_000);
    await world.passes(20);
    expect(world.workspace.spec.running).toBe(true);
    await world.passes(30);
    expect(world.workspace.spec.running).toBe(false);
    const { lastStop } = world.workspace.status?.activity ?? {};
    expect(lastStop).toMatchObject({ limit: 'hard', policyOf: 'platform', podUid: 'pod-1', gpus: 0 });
    expect(world.agent.heard.at(-1)?.says.orders).toMatchObject([{ kind: 'stopping', why: lastStop?.why }]);
    expect(reasons(world)).toEqual(['IdleWarning', 'StoppedIdle']);
    expect(await world.metric('idle_stops')).toEqual(['berth_operator_idle_stops_total{limit="hard"} 1']);
  });

  test('costs one write for the warning, two for the stop and one when it has stopped', async () => {
    const world = await start();
    await world.passes(100);
    await world.look();
    await world.look();
    expect(world.written.map(({ spec, status }) => [spec.running, Object.keys(status?.activity ?? {}).length])).toEqual(
      [
        [true, 4],
        [true, 5],
        [false, 5],
        [false, 1]
      ]
    );
    expect(world.idle).toBeUndefined();
  });

  test('is left alone when somebody comes back, and it is said that the warning is over', async () => {
    const world = await start();
    await world.passes(40);
    world.agent.evidence = { ...world.agent.evidence, input_t: world.nowMs / 1000 + 4 };
    await world.passes(20);
    expect([world.idle, world.workspace.status?.activity]).toEqual([undefined, undefined]);
    expect(reasons(world)).toEqual(['IdleWarning', 'IdleOver']);
    expect(world.written).toHaveLength(2);
  });

  test('a dry run says that it would have been stopped, once, and goes on', async () => {
    const world = await start({ policy: { ...SHORT, dryRun: true } });
    await world.passes(1_000);
    expect([world.workspace.spec.running, world.idle, reasons(world)]).toEqual([true, 'WouldStop', ['WouldStop']]);
    expect(world.written).toHaveLength(1);
  });

  test('nothing is said or stopped where it is switched off', async () => {
    const world = await start({ policy: { ...SHORT, enabled: false } });
    await world.passes(1_000);
    expect(world.agent.heard.at(-1)?.says).toMatchObject({ enabled: false });
    world.agent.mood = 'fails';
    await world.passes(4_000);
    expect(world.written).toEqual([]);
  });

  test('goes sooner when somebody waits for its class, which may have a policy of its own', async () => {
    const idle = { workspace: { softSeconds: 40, hardSeconds: 0 } };
    const gpus = { 'nvidia.com/gpu': 2 };
    const world = await start({
      spec: { compute: { class: 'gpu', cpu: '1', memory: '1Gi' } },
      class: { resources: { extended: gpus }, idle }
    });
    await world.passes(300);
    expect(world.workspace.spec.running).toBe(true);
    world.somebodyWaits();
    await world.look();
    await world.passes(60);
    expect(world.workspace.status?.activity?.lastStop).toMatchObject({ limit: 'soft', policyOf: 'class', gpus: 2 });
  });

  test('a person can be stricter, and no laxer', async () => {
    const strict = await start({ spec: { idle: { workspace: { hardSeconds: 25 } } } });
    const lax = await start({ spec: { idle: { workspace: { hardSeconds: 3600 } } } });
    const wishes = await start();
    wishes.agent.wish = { workspace: { hardSeconds: 25 } };
    for (const world of [strict, lax, wishes]) await world.passes(50);
    expect([strict, lax, wishes].map(({ workspace }) => workspace.spec.running)).toEqual([false, true, false]);
    expect(wishes.workspace.status?.activity?.lastStop).toMatchObject({ policyOf: 'person' });
    await lax.passes(50);
    expect(lax.workspace.spec.running).toBe(false);
  });
});

test('an idle kernel is released by its agent: the order is given until it is done, and is the same each time', async () => {
  const world = await start({ policy: { ...SHORT, kernel: { softSeconds: null, hardSeconds: 40 }, workspace: NEVER } });
  world.agent.evidence = { ...world.agent.evidence, kernels: [kernelEvidence()] };
  await world.passes(100);
  const orders = world.agent.heard.flatMap(({ says }) => says.orders);
  expect(orders[0]).toMatchObject({ kind: 'release', kernel: 'kernel-1' });
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  world.agent.done.push(orders[0]?.id ?? '');
  world.agent.evidence = { ...world.agent.evidence, kernels: [] };
  await world.passes(30);
  world.restart();
  await world.look();
  expect(world.agent.heard.at(-1)?.says.orders).toEqual([]);
  expect(world.written).toEqual([]);
});

describe('a snooze', () => {
  test('is kept before anybody is told of it, counts once, and ends with its budget', async () => {
    const world = await start();
    await world.passes(40);
    world.agent.asksToSnooze('snooze-0001');
    let toldBefore: number | undefined;
    world.beforeWrite = () => (toldBefore ??= world.agent.heard.flatMap(({ says }) => says.snoozes).length);
    await world.passes(10);
    expect(toldBefore).toBe(0);
    expect(world.agent.heard.flatMap(({ says }) => says.snoozes)).toMatchObject([{ id: 'snooze-0001', granted: true }]);
    expect([world.idle, world.agent.snoozes]).toEqual(['Snoozed', []]);
    await world.passes(50);
    expect(world.workspace.spec.running).toBe(true);
    for (const id of ['snooze-0001', 'snooze-0002', 'snooze-0003']) world.agent.asksToSnooze(id);
    await world.passes(15);
    expect(world.workspace.status?.activity?.snoozes?.map(({ addedSeconds }) => addedSeconds)).toEqual([60, 40]);
    await world.passes(150);
    expect(world.workspace.spec.running).toBe(false);
  });

  test('is not forgotten by an operator that begins', async () => {
    const world = await start();
    await world.passes(40);
    world.agent.asksToSnooze('snooze-0001');
    await world.passes(10);
    world.restart();
    world.agent.asksToSnooze('snooze-0001');
    await world.passes(30);
    expect(world.workspace.status?.activity?.snoozes).toHaveLength(1);
    expect(world.workspace.spec.running).toBe(true);
  });
});

describe('what may go wrong', () => {
  test('an operator that is killed between warning and stop is followed by one that goes on from there', async () => {
    const world = await start();
    await world.passes(45);
    const announced = world.workspace.status?.activity?.announcedAt ?? '';
    world.restart();
    await world.look();
    expect(world.workspace.status?.activity?.announcedAt).toBe(announced);
    await world.passes(15);
    expect(world.workspace.spec.running).toBe(true);
    await world.passes(25);
    expect(world.workspace.spec.running).toBe(false);
    expect(reasons(world)).toEqual(['IdleWarning', 'StoppedIdle']);
  });

  test('so it is where the agent no longer knows how long it has been idle', async () => {
    const world = await start({ policy: { ...SHORT, workspace: { softSeconds: 30, hardSeconds: 600 } } });
    await world.passes(590);
    expect(world.idle).toBe('IdleWarning');
    world.restart();
    world.agent.forgets(3);
    await world.passes(10);
    expect([world.idle, reasons(world)]).toEqual(['IdleWarning', ['IdleWarning']]);
    await world.passes(20);
    expect(world.workspace.spec.running).toBe(false);
  });

  test('readings that come in pieces are heard to the end: else the last would never be fresh', async () => {
    const world = await start({ policy: { ...SHORT, enabled: false } });
    await world.passes(150);
    world.restart();
    world.agent.pieces = 6;
    await world.look();
    // After which the last six of thirty come.
    expect(world.agent.heard.at(-1)?.says.cursor).toMatchObject({ seq: 24 });
  });

  test('what a person writes at the very moment of the stop counts', async () => {
    const world = await start();
    await world.passes(50);
    world.beforeWrite = change => {
      if ('status' in change) return;
      world.beforeWrite = () => undefined;
      world.agent.evidence = { ...world.agent.evidence, input_t: world.nowMs / 1000 };
      world.agent.read();
      world.changes({ spec: { ...world.workspace.spec, compute: { cpu: '2', memory: '2Gi' } } });
    };
    await world.passes(20);
    expect(world.workspace.spec).toMatchObject({ running: true, compute: { cpu: '2' } });
    expect(world.workspace.status?.activity).toBeUndefined();
  });

  test.each(['forbids', 'fails', 'floods', 'babbles', 'lies'] as const)(
    'an agent that %s: nothing is stopped before the limit of the unknown, and it is no way to hold compute for ever',
    async mood => {
      const world = await start({ policy: { ...SHORT, unknownMaxSeconds: 1_200 } });
      await world.passes(10);
      world.agent.mood = mood;
      await world.passes(1_100);
      expect([world.workspace.spec.running, world.idle]).toEqual([true, 'Unknown']);
      await world.passes(800);
      expect(world.workspace.spec.running).toBe(false);
      const failures = await world.metric('idle_exchange_failures');
      expect(failures).toHaveLength(1);
    }
  );

  test('a warning is not taken back by an agent that is away for a moment', async () => {
    const world = await start();
    await world.passes(40);
    const before = world.workspace.status;
    world.agent.mood = 'fails';
    await world.passes(10);
    expect(world.workspace.status).toEqual(before);
    world.agent.mood = 'well';
    await world.passes(60);
    expect(world.workspace.spec.running).toBe(false);
  });

  test('a team’s policy that is malformed stops nothing, and what is wrong with it is said', async () => {
    const world = await start({ teamPolicy: '{"workspace":{"hardSecond":60},"warnSeconds":"soon"}' });
    await world.passes(1_000);
    expect([world.workspace.spec.running, world.idle]).toEqual([true, 'InvalidPolicy']);
    const { problems } = world.agent.heard.at(-1)?.says ?? {};
    expect(problems).toHaveLength(2);
    for (const problem of problems ?? [])
      expect(problem).toMatch(/^annotation berth.dev\/idle-policy of namespace team: /);
    expect(world.written).toHaveLength(1);
  });
});

test('a resume is noted, with what was reclaimed until then', async () => {
  const world = await start({
    spec: { compute: { class: 'gpu', cpu: '1', memory: '1Gi' } },
    class: { resources: { extended: { 'nvidia.com/gpu': 4 } } }
  });
  await world.passes(100);
  await world.look();
  expect(await world.metric('gpus_reclaimed')).toEqual(['berth_operator_gpus_reclaimed 4']);
  const stoppedMs = Date.parse(world.workspace.status?.activity?.lastStop?.at ?? '');
  await world.passes(3_600);
  world.runs('pod-2');
  await world.look();
  const reclaimedS = 4 * Math.floor((world.nowMs - stoppedMs) / 1000);
  expect(await world.metric('gpu_seconds')).toEqual([`berth_operator_gpu_seconds_reclaimed_total ${reclaimedS}`]);
  expect(await world.metric('gpus_reclaimed')).toEqual(['berth_operator_gpus_reclaimed 0']);
  expect(world.workspace.status?.activity?.lastStop?.resumedAt).toBeDefined();
});
