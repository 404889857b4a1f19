/**
 * What the judge of this machine has promised, over kills, restarts and a disk that is full. Symptoms: a warning is shorter than
 * it was announced to be, a snooze is forgotten or granted again, a kernel is released twice.
 */
import { ActivityWorld, kernelOf, ScriptedAgent } from './activity.testkit.js';

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

describe('when the gateway is killed', () => {
  test('a warning that was given is neither forgotten nor given twice, and the release comes when it was announced', async () => {
    await agent.pass(9 * MINUTE);
    const { warnedAtMs, atMs } = agent.judgement('k-1').next;
    expect(warnedAtMs).not.toBeNull();
    await world.open();
    await agent.pass(15);
    expect(agent.judgement('k-1').next).toMatchObject({ warnedAtMs, atMs });
    await agent.pass(LONG_ENOUGH);
    expect(agent.released).toEqual(['k-1']);
    expect(world.messages('info').filter(message => message.includes('going to be released'))).toHaveLength(1);
  });

  test('between order and release, the next one gives the same order: it is carried out once', async () => {
    await agent.pass(9 * MINUTE);
    while ((await agent.tell()).orders.length === 0) {
      world.nowMs += 15_000;
      agent.look();
    }
    const before = agent.heard?.orders;
    await world.open();
    expect((await agent.tell()).orders.map(({ id }) => id)).toEqual(before?.map(({ id }) => id));
  });

  test('a snooze that is asked for meanwhile is not refused for want of readings that are still to come', async () => {
    agent.kernels = [kernelOf('k-2')];
    await agent.pass(9 * MINUTE);
    agent.kernels = [kernelOf('k-1'), kernelOf('k-2')];
    await agent.pass(9 * MINUTE);
    await world.open();
    agent.snoozes = [{ id: 'snooze-0001', subject: { kind: 'kernel', id: 'k-1' }, askedMs: world.nowMs }];
    expect((await agent.send({ readings: agent.ring.slice(0, 30) })).snoozes).toEqual([]);
    expect((await agent.send({ readings: agent.ring.slice(30) })).snoozes).toMatchObject([{ granted: true }]);
  });

  test('a warning is void if the kernel has worked meanwhile, even if it is idle again', async () => {
    await agent.pass(9 * MINUTE);
    for (const cpu_s of [11, 21, 21, 21]) {
      world.nowMs += 15_000;
      agent.kernels = agent.kernels.map(one => ({ ...one, cpu_s }));
      agent.look();
    }
    await world.open();
    await agent.tell();
    expect(agent.judgement('k-1')).toMatchObject({ activity: 'idle', next: { warnedAtMs: null } });
    await agent.pass(5 * MINUTE);
    expect(agent.released).toEqual([]);
  });

  test('and the clock is set back meanwhile, a warning of the future keeps the kernel no longer than a new one', async () => {
    await agent.pass(9 * MINUTE);
    world.nowMs -= 86_400_000;
    await world.open();
    await agent.pass(LONG_ENOUGH);
    expect(agent.released).toEqual(['k-1']);
  });

  test('the next one asks for all that was seen, and says nothing of kernels before it has it', async () => {
    await agent.pass(LONG_ENOUGH - 2 * MINUTE);
    await world.open();
    const part = agent.ring.slice(-1);
    expect(await agent.send({ readings: part })).toMatchObject({
      cursor: null,
      judgements: [],
      orders: [],
      nextInMs: 0
    });
    const all = await agent.send({ readings: agent.ring });
    expect(all).toMatchObject({ cursor: { boot: agent.boot, seq: agent.ring.length } });
    expect(all.judgements.find(({ name }) => name === 'k-1.ipynb')).toMatchObject({ activity: 'idle' });
  });

  test('an agent that has more to tell than fits is asked on; on the first half nothing is released, no warning void', async () => {
    await agent.pass(9 * MINUTE);
    const { warnedAtMs } = agent.judgement('k-1').next;
    world.nowMs += 15_000;
    agent.look();
    await world.open();
    await agent.send({ readings: [] });
    const half = Math.floor(agent.ring.length / 2);
    const first = await agent.send({ readings: agent.ring.slice(0, half) });
    expect(first).toMatchObject({ cursor: { seq: half }, nextInMs: 0, orders: [] });
    const second = await agent.send({ readings: agent.ring.slice(half) });
    expect(second).toMatchObject({ cursor: { seq: agent.ring.length } });
    expect(second.nextInMs).toBeGreaterThan(0);
    expect(second.judgements.find(({ name }) => name === 'k-1.ipynb')?.next).toMatchObject({ warnedAtMs });
  });
});

describe('a snooze', () => {
  const ID = 'snooze-0001';

  test('puts the release off, once for each id, and also the next gateway knows of it', async () => {
    await agent.pass(9 * MINUTE);
    const before = agent.judgement('k-1').next;
    const answer = await agent.snooze(ID, 'k-1');
    expect(answer).toMatchObject({ id: ID, granted: true });
    const { atMs, snoozeLeftMs } = agent.judgement('k-1').next;
    expect(atMs).toBe((before.atMs ?? 0) + 300_000);
    expect(snoozeLeftMs).toBe(300_000);
    expect(await agent.snooze(ID, 'k-1')).toEqual(answer);
    await world.open();
    expect(await agent.snooze(ID, 'k-1')).toEqual(answer);
    await agent.pass(15);
    expect(agent.judgement('k-1').next).toMatchObject({ atMs, snoozeLeftMs });
    expect(world.messages('info').filter(message => message.includes('put off'))).toHaveLength(1);
    await agent.pass(LONG_ENOUGH);
    expect(agent.released).toEqual(['k-1']);
  });

  test('is refused when the budget is spent, also after a restart', async () => {
    await agent.pass(9 * MINUTE);
    for (const id of ['snooze-0001', 'snooze-0002'])
      expect(await agent.snooze(id, 'k-1')).toMatchObject({ granted: true });
    expect(await agent.snooze('snooze-0003', 'k-1')).toMatchObject({ granted: false, untilMs: null });
    await world.open();
    await agent.pass(15);
    const refused = await agent.snooze('snooze-0004', 'k-1');
    expect(refused).toMatchObject({ granted: false, message: expect.stringContaining('used up') as string });
    expect(agent.judgement('k-1').next.snoozeLeftMs).toBe(0);
  });

  test('is on disk when it is told, however many are asked for at the same time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => String(index).padStart(4, '0'));
    agent.kernels = names.map(name => kernelOf(`k-${name}`));
    await agent.pass(15);
    const ask = (name: string): Promise<unknown> => {
      const subject = { kind: 'kernel' as const, id: `k-${name}` };
      return agent.send({ snoozes: [{ id: `snooze-${name}`, subject, askedMs: world.nowMs }] });
    };
    await Promise.all(names.map(ask));
    const recorded = await world.recorded();
    expect(names.filter(name => !recorded.includes(`"snooze-${name}"`))).toEqual([]);
  });

  test('that is not on disk is not told, for the next gateway would not know of it; it is once it is', async () => {
    await agent.pass(9 * MINUTE);
    await world.loseFolder();
    expect(await agent.snooze(ID, 'k-1')).toBeUndefined();
    expect(world.messages('warn')).toEqual(['snoozes and warnings could not be saved; it is tried again']);
    await world.giveFolderBack();
    expect(await agent.snooze(ID, 'k-1')).toMatchObject({ granted: true });
    expect(agent.judgement('k-1').next.snoozeLeftMs).toBe(300_000);
  });

  test('is asked for by the clock of the agent, which may go wrong', async () => {
    await agent.pass(9 * MINUTE);
    const nowMs = world.nowMs - 3_600_000;
    const subject = { kind: 'kernel' as const, id: 'k-1' };
    const ask = (askedMs: number): Promise<unknown> => agent.tell({ nowMs, snoozes: [{ id: ID, subject, askedMs }] });
    expect(await ask(nowMs - 700_000)).toMatchObject({ snoozes: [{ granted: false }] });
    expect(await ask(nowMs)).toMatchObject({ snoozes: [{ granted: true }] });
  });

  test('is refused for what is not there, or never stopped', async () => {
    await agent.pass(30);
    expect(await agent.snooze(ID, 'k-9')).toMatchObject({ granted: false });
    const workspace = { subject: { kind: 'workspace' as const } };
    expect(await agent.snooze(ID, 'k-1', workspace)).toMatchObject({ granted: false });
    expect(await world.recorded()).not.toContain('"snoozes":[{');
  });
});

describe('on disk', () => {
  test('is one private file, and one that is damaged is set aside', async () => {
    await agent.pass(9 * MINUTE);
    expect(await world.modes()).toEqual([0o700, 0o600]);
    await world.record('{"version": 1, "snoozes": [');
    await world.open();
    expect(world.messages('error')).toEqual(['the record of snoozes and warnings cannot be read and is set aside']);
    expect(await world.files()).toEqual(['judge.json.damaged']);
    await agent.pass(15);
    expect(await world.files()).toEqual(['judge.json', 'judge.json.damaged']);
  });

  test('nothing is written while nothing is announced', async () => {
    world.waiting.clear();
    await agent.pass(5 * MINUTE);
    expect(await world.files()).toEqual([]);
  });
});
