/**
 * The judge of this machine with its real files, the real engine, and agents that keep to the protocol or do not. Symptoms:
 * a kernel is released twice, or though it works; a lost answer, a restart or a slip in the policy costs somebody a kernel.
 */
import { ActivityWorld, evidenceOf, kernelOf, ScriptedAgent, SHORT } from './activity.testkit.js';

const MINUTE = 60;
/** The soft limit of `SHORT`, and a look or two more. */
const LONG_ENOUGH = 11 * MINUTE;

let world: ActivityWorld;
let agent: ScriptedAgent;

beforeEach(async () => {
  world = await ActivityWorld.make();
  agent = new ScriptedAgent(world);
  agent.kernels = [kernelOf('k-1'), kernelOf('k-2')];
  world.waiting.add('k-1');
});
afterEach(() => world.close());

describe('an idle kernel', () => {
  test('is announced first, released when its time is over and somebody waits for it, and only once', async () => {
    const said = await agent.pass(9 * MINUTE);
    expect(said).toMatchObject({ judge: 'gateway', enabled: true, dryRun: false, problems: [], orders: [] });
    expect(agent.judgement('k-1')).toMatchObject({
      activity: 'idle',
      next: { what: 'release', limit: 'soft', policyOf: 'platform', warnedAtMs: expect.any(Number) as number }
    });
    await agent.pass(2 * MINUTE);
    expect(agent.released).toEqual(['k-1']);
    await agent.pass(30 * MINUTE);
    expect(agent.released).toEqual(['k-1']);
    expect(agent.judgement('k-2').next).toMatchObject({ hold: 'nobody-waits', atMs: null });
    expect(world.messages('info')).toEqual([
      'the idle policy was read',
      'an idle kernel is going to be released',
      'an idle kernel is released'
    ]);
    expect(world.logged.at(-1)?.fields).toMatchObject({ kernel: 'k-1', why: expect.any(String) as string });
  });

  test('whose end nobody hears of is ordered to be released again, under the same id, until it is done', async () => {
    await agent.pass(9 * MINUTE);
    const ids = new Set<string | undefined>();
    for (let looks = 0; looks < 12; looks += 1) {
      world.nowMs += 15_000;
      agent.look();
      const { orders } = await agent.tell();
      if (orders.length > 0) ids.add(orders[0]?.id);
    }
    expect(ids.size).toBe(1);
    agent.done = [...ids].filter(id => id !== undefined);
    expect((await agent.tell()).orders).toEqual([]);
    agent.done = []; // the judge no longer gives it, so the agent forgets that it was done
    expect((await agent.tell()).orders).toEqual([]);
  });

  test('that somebody uses again before the order was heard is not released', async () => {
    await agent.pass(9 * MINUTE);
    for (let looks = 0; looks < 8; looks += 1) {
      world.nowMs += 15_000;
      agent.look();
      await agent.tell(); // whatever it says is lost
    }
    expect(agent.heard?.orders).toHaveLength(1);
    for (const cpu_s of [11, 21]) {
      agent.kernels = [kernelOf('k-1', { state: 'busy', cpu_s }), kernelOf('k-2')];
      expect((await agent.pass(15)).orders).toEqual([]);
    }
    expect(agent.judgement('k-1')).toMatchObject({ activity: 'active', next: { warnedAtMs: null } });
    expect(agent.released).toEqual([]);
  });

  test('stays when nobody waits for it any more, however long it is idle', async () => {
    await agent.pass(9 * MINUTE);
    expect(agent.judgement('k-1').next.warnedAtMs).not.toBeNull();
    world.waiting.clear();
    await agent.pass(60 * MINUTE);
    expect(agent.released).toEqual([]);
    expect(agent.judgement('k-1').next).toMatchObject({ hold: 'nobody-waits', warnedAtMs: null });
  });

  test('is not released on readings that have ended, are of the future, or came from nowhere', async () => {
    await agent.pass(9 * MINUTE);
    world.nowMs += 10 * MINUTE * 1_000;
    expect((await agent.tell()).orders).toEqual([]);
    const [seq, t] = [agent.ring.length + 1, world.nowMs / 1_000 + 86_400];
    const evidence = evidenceOf(agent.kernels);
    expect((await agent.tell({ readings: [{ seq, t, evidence }] })).orders).toEqual([]);
    expect((await agent.tell({ readings: [{ seq: seq + 1, t, failed: 'blind' }] })).orders).toEqual([]);
  });
});

describe('the policy of the machine', () => {
  test('stops nothing while anything is wrong with it, and says all of it', async () => {
    await agent.pass(9 * MINUTE);
    await world.policy('{"kernel": {"softSeconds": 0}, "dryrun": true}');
    const said = await agent.pass(LONG_ENOUGH);
    expect(said).toMatchObject({ enabled: false, orders: [] });
    expect(said.problems).toHaveLength(2);
    expect(agent.judgement('k-1').next).toMatchObject({ hold: 'switched-off' });
    expect(agent.released).toEqual([]);
    agent.wish = { enabled: true, kernel: { softSeconds: 1 } };
    await agent.pass(LONG_ENOUGH);
    expect(agent.released).toEqual([]);
  });

  test('counts again when it is mended, with a warning first', async () => {
    await world.policy('{');
    await agent.pass(LONG_ENOUGH);
    await world.policy(SHORT);
    expect(await agent.pass(15)).toMatchObject({ enabled: true, problems: [], orders: [] });
    await agent.pass(MINUTE);
    expect(agent.released).toEqual([]);
    await agent.pass(3 * MINUTE);
    expect(agent.released).toEqual(['k-1']);
  });

  test('in a dry run says once in the log what would have been released, and releases nothing', async () => {
    await world.policy({ ...SHORT, dryRun: true });
    expect(await agent.pass(30 * MINUTE)).toMatchObject({ dryRun: true, orders: [] });
    expect(agent.released).toEqual([]);
    expect(world.messages('info').filter(message => message.includes('would have been'))).toHaveLength(1);
  });

  test('without a limit for JupyterLab itself, nobody who wishes for one is shown a countdown to nothing', async () => {
    agent.wish = { workspace: { hardSeconds: 60 } };
    const { judgements, orders } = await agent.pass(5 * MINUTE);
    expect(orders).toEqual([]);
    const workspace = judgements.find(({ subject }) => subject.kind === 'workspace');
    expect(workspace?.next).toMatchObject({ hold: 'no-limit', atMs: null });
  });

  test('with a limit for JupyterLab itself announces its stop, which is for others to carry out, also after a restart', async () => {
    world.waiting.clear();
    await world.policy({ ...SHORT, workspace: { hardSeconds: 600 } });
    const next = (): unknown => agent.heard?.judgements.find(({ subject }) => subject.kind === 'workspace')?.next;
    expect((await agent.pass(9 * MINUTE)).orders).toEqual([]);
    const before = next();
    expect(before).toMatchObject({ what: 'stop', limit: 'hard', warnedAtMs: expect.any(Number) as number });
    await world.open();
    await agent.tell();
    expect(next()).toEqual(before);
    const workspace = { subject: { kind: 'workspace' as const } };
    expect(await agent.snooze('snooze-0001', '', workspace)).toMatchObject({ granted: true });
    expect((await agent.pass(30 * MINUTE)).orders).toEqual([]);
  });

  test('is only made stricter by what a person wishes', async () => {
    agent.wish = { kernel: { softSeconds: 300 }, enabled: false, warnSeconds: 0 };
    await agent.pass(6 * MINUTE);
    expect(agent.released).toEqual(['k-1']);
    const second = new ScriptedAgent(world, 'boot-0002');
    second.kernels = [kernelOf('k-1')];
    second.wish = { kernel: { softSeconds: null } };
    await second.pass(LONG_ENOUGH);
    expect(second.released).toEqual(['k-1']);
  });
});

describe('agents', () => {
  test('of several Jupyter servers are told apart', async () => {
    const other = new ScriptedAgent(world, 'boot-0002');
    other.kernels = [kernelOf('k-3')];
    world.waiting.add('k-3');
    await other.pass(5 * MINUTE);
    await agent.pass(LONG_ENOUGH);
    expect([agent.released, other.released]).toEqual([['k-1'], []]);
    await other.pass(15);
    expect(other.heard?.judgements.map(({ name }) => name)).toContain('k-3.ipynb');
    expect(other.heard?.judgements.map(({ name }) => name)).not.toContain('k-2.ipynb');
  });

  test('of several Jupyter servers have a budget each for putting off their stop', async () => {
    await world.policy({ ...SHORT, workspace: { hardSeconds: 600 } });
    const other = new ScriptedAgent(world, 'boot-0002');
    await agent.pass(15);
    await other.pass(15);
    const workspace = { subject: { kind: 'workspace' as const } };
    for (const id of ['snooze-0001', 'snooze-0002']) await agent.snooze(id, '', workspace);
    expect(await agent.snooze('snooze-0003', '', workspace)).toMatchObject({ granted: false });
    expect(await other.snooze('snooze-0004', '', workspace)).toMatchObject({ granted: true });
  });

  test('of several Jupyter servers are warned each for itself, also after a restart', async () => {
    await world.policy({ ...SHORT, workspace: { hardSeconds: 600 } });
    await agent.pass(9 * MINUTE);
    await world.open();
    const other = new ScriptedAgent(world, 'boot-0002');
    const { judgements } = await other.pass(30);
    expect(judgements).toMatchObject([{ subject: { kind: 'workspace' }, next: { warnedAtMs: null } }]);
  });

  test('whose readings are numbered backwards are refused, and their next message is heard', async () => {
    await agent.pass(30);
    const readings = [...agent.ring].reverse();
    await expect(agent.send({ readings })).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await agent.pass(15)).toMatchObject({ cursor: { seq: 3 } });
  });

  test('that start anew begin at their first reading, whatever cursor the former life had', async () => {
    await agent.pass(MINUTE);
    const next = new ScriptedAgent(world, 'boot-0002');
    next.kernels = agent.kernels;
    expect(await next.pass(15)).toMatchObject({ cursor: { boot: 'boot-0002', seq: 1 } });
  });

  test('hear when to come again: soon enough for a person who looks on', async () => {
    const { nextInMs } = await agent.pass(MINUTE);
    expect(nextInMs).toBeLessThanOrEqual(15_000);
    expect(nextInMs).toBeGreaterThan(0);
  });
});
