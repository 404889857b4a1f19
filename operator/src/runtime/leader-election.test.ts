import { describe, expect, test } from '@jest/globals';
import { DURATION_MS, type Replica, type ReplicaOptions, World } from './election-world.testkit.js';
import { settled } from './fake-clock.testkit.js';

const DEADLINE_MS = (DURATION_MS * 2) / 3;
/** A candidate looks once a second, at most, and is answered within a few milliseconds. */
const LOOK_MS = 1_010;

/** So that nothing but the election itself notices what happens. */
const IDLE: ReplicaOptions = { workEveryMs: 1e9 };

/** A world in which the first replica leads and the others stand by. */
async function led(
  replicas = 2,
  options: ReplicaOptions = {}
): Promise<{ readonly world: World; readonly leader: Replica; readonly standby: Replica }> {
  const world = new World();
  const leader = world.add(options);
  await world.untilLed();
  const [standby] = Array.from({ length: replicas - 1 }, () => world.add());
  await world.clock.advance(5_000);
  expect(world.leaders).toEqual([leader.name]);
  return { world, leader, standby: standby ?? leader };
}

/** Until the lease has just been renewed. Returns when that was begun. */
async function untilRenewal(world: World): Promise<number> {
  const before = world.leaseWrites.length;
  while (world.leaseWrites.length === before) await world.clock.advance(1);
  const startedMs = world.clock.now() - world.latencyMs;
  await world.clock.advance(world.latencyMs);
  return startedMs;
}

const holder = (world: World) => world.lease?.spec?.holderIdentity;
const messageOf = ({ outcome }: Replica) => (outcome instanceof Error ? outcome.message : outcome);

describe('in good times', () => {
  test('of three one leads, and goes on to', async () => {
    const { world, leader } = await led(3);
    await world.clock.advance(600_000);
    expect(world.leaders).toEqual([leader.name]);
    expect(new Set(world.work.map(({ by }) => by))).toEqual(new Set([leader.name]));
    expect(world.lease?.spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(leader.lines.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'stands for election'],
      ['info', 'leads']
    ]);
  });

  test('the lease is written at most twenty times a minute, by whoever leads', async () => {
    const { world, leader } = await led(3);
    const before = world.leaseWrites.length;
    await world.clock.advance(600_000);
    const writes = world.leaseWrites.slice(before);
    expect(writes.length).toBeLessThanOrEqual(200);
    expect(writes.length).toBeGreaterThan(190);
    expect(new Set(writes.map(({ by }) => by))).toEqual(new Set([leader.name]));
  });

  test('two that begin at the same instant do not both lead', async () => {
    const world = new World();
    const [one, two] = [world.add(), world.add()];
    await world.clock.advance(60_000);
    expect(world.leaders).toHaveLength(1);
    expect([...one.lines.messages('warn'), ...two.lines.messages('warn')]).toEqual([]);
  });

  test('what others wrote on the lease stays', async () => {
    const { world } = await led();
    const { lease } = world;
    world.put({ ...lease!, metadata: { ...lease!.metadata, labels: { team: 'platform' } } });
    await world.clock.advance(10_000);
    expect(world.lease?.metadata.labels).toEqual({ team: 'platform' });
    expect(world.leaders).toHaveLength(1);
  });
});

describe('the leader goes', () => {
  test('when it is told to end, it finishes its work, leads until then, and the next leads within a second', async () => {
    const world = new World();
    const leader = world.add({ drainMs: 40_000 });
    await world.untilLed();
    const standby = world.add();
    await world.clock.advance(5_000);
    leader.stop.abort();
    await world.clock.advance(39_990);
    expect(world.leaders).toEqual([leader.name]);
    await world.clock.advance(150);
    expect([leader.outcome, holder(world)]).toEqual(['resolved', '']);
    expect(await world.untilLed(LOOK_MS)).toBeLessThan(LOOK_MS);
    expect(world.leaders).toEqual([standby.name]);
    expect(world.lease?.spec?.leaseTransitions).toBe(1);
  });

  test('when it is killed, another leads after the time of the lease, and not before', async () => {
    const { world, leader, standby } = await led();
    leader.kill();
    const lastRenewalMs = world.leaseWrites.at(-1)!.atMs;
    await world.untilLed();
    expect(world.leaders).toEqual([standby.name]);
    const tookMs = world.clock.now() - lastRenewalMs;
    expect(tookMs).toBeGreaterThanOrEqual(DURATION_MS);
    expect(tookMs).toBeLessThanOrEqual(DURATION_MS + 2 * LOOK_MS);
  });

  test('when it is the only one, it is started again under another name and leads', async () => {
    const { world, leader } = await led(1);
    leader.kill();
    const again = world.add();
    await world.untilLed(DURATION_MS + LOOK_MS);
    expect(world.leaders).toEqual([again.name]);
  });

  test('when what it leads throws, the process ends with that', async () => {
    const { world, leader } = await led();
    leader.election.assertLeading = () => {
      throw new TypeError('a bug');
    };
    await world.clock.advance(200);
    expect(messageOf(leader)).toBe('a bug');
    expect(leader.election.isLeading).toBe(false);
  });

  test('a standby that is told to end ends, and leaves the lease alone', async () => {
    const { world, leader, standby } = await led();
    standby.stop.abort();
    await settled();
    expect(standby.outcome).toBe('resolved');
    expect([world.leaders, holder(world)]).toEqual([[leader.name], leader.name]);
  });

  test('one that is told to end just while it takes the lease gives it back', async () => {
    const world = new World();
    const replica = world.add();
    await world.clock.advance(5); // it has looked, and its write is under way
    replica.stop.abort();
    await world.clock.advance(150);
    expect([replica.outcome, holder(world)]).toEqual(['resolved', '']);
  });
});

test('a leader that is told to end while it renews waits for that, and then gives the lease back', async () => {
  const { world, leader } = await led(1, { workEveryMs: 1 });
  const startedMs = await untilRenewal(world);
  await world.clock.advance(startedMs + 2_990 - world.clock.now());
  world.latencyMs = 1_000;
  await world.clock.advance(1_005);
  world.latencyMs = 2; // it would look before the renewal arrives, and write after that
  leader.stop.abort();
  await world.clock.advance(2_100);
  expect([leader.outcome, holder(world)]).toEqual(['resolved', '']);
});

describe('a leader that does not know that it should not lead', () => {
  test('one that was stopped for a minute does not write when it goes on, and ends', async () => {
    const { world, leader, standby } = await led();
    leader.freeze();
    await world.untilLed(20_000, standby);
    expect(world.leaders).toEqual([standby.name]);
    await world.clock.advance(60_000);
    const before = { leaseWrites: world.leaseWrites.length, work: world.work.length };
    await leader.thaw();
    await world.clock.advance(100);
    const byLeader = ({ by }: { readonly by: string }) => by === leader.name;
    expect(world.leaseWrites.slice(before.leaseWrites).filter(byLeader)).toEqual([]);
    expect(world.work.slice(before.work).filter(byLeader)).toEqual([]);
    expect(messageOf(leader)).toMatch(/does not lead|has lapsed/);
    expect(world.leaders).toEqual([standby.name]);
  });

  test('even when nobody has taken its place, leadership that has lapsed is not regained', async () => {
    const { world, leader } = await led(1, IDLE);
    const before = world.leaseWrites.length;
    leader.freeze();
    await world.clock.advance(DEADLINE_MS + 1);
    await leader.thaw();
    await world.clock.advance(60_000);
    expect(messageOf(leader)).toBe('this process does not lead: it may not write');
    expect(world.leaseWrites).toHaveLength(before);
  });

  test('one that was stopped for less than its time goes on as if nothing had been', async () => {
    const { world, leader } = await led();
    leader.freeze();
    await world.clock.advance(6_000);
    await leader.thaw();
    await world.clock.advance(60_000);
    expect(world.leaders).toEqual([leader.name]);
  });

  test('one that is cut off may not write from the instant its time is up, though no request of it ever returns', async () => {
    const { world, leader, standby } = await led(2, IDLE);
    const startedMs = await untilRenewal(world);
    leader.way = 'silent';
    await world.clock.advance(startedMs + DEADLINE_MS - 1 - world.clock.now());
    expect(() => leader.election.assertLeading()).not.toThrow();
    await world.clock.advance(1);
    expect(() => leader.election.assertLeading()).toThrow('this process does not lead: it may not write');
    expect(messageOf(leader)).toBe('leadership has lapsed: the lease could not be renewed in time');
    expect(leader.lost?.reason).toBe(leader.outcome);
    expect(leader.counted.counted.filter(([what]) => what === 'leads')).toEqual([
      ['leads', true],
      ['leads', false]
    ]);
    await world.untilLed();
    expect(world.leaders).toEqual([standby.name]);
  });

  test('one whose last renewal is answered too late does not lead again', async () => {
    const { world, leader } = await led(1, IDLE);
    const startedMs = await untilRenewal(world);
    leader.way = 'silent';
    await world.clock.advance(startedMs + 7_900 - world.clock.now());
    leader.way = 'open';
    world.latencyMs = 600; // it looks from 8.0 to 9.2 s, and writes from 9.2 to 10.4 s
    const before = world.leaseWrites.length;
    await world.clock.advance(2_600);
    expect(world.leaseWrites).toHaveLength(before + 1);
    expect(leader.outcome).toBeInstanceOf(Error);
    expect(leader.election.isLeading).toBe(false);
  });

  test('one whose lease somebody else took by hand ends with the next renewal', async () => {
    const { world, leader } = await led(1);
    world.put({ ...world.lease!, spec: { ...world.lease!.spec, holderIdentity: 'somebody' } });
    await world.clock.advance(4_100);
    expect(messageOf(leader)).toBe('the lease was taken from this process: somebody holds it');
    expect(holder(world)).toBe('somebody');
  });
});

describe('the API server is not well', () => {
  test('one that takes almost five seconds for an answer is enough to go on leading', async () => {
    const { world, leader } = await led();
    world.latencyMs = 2_400;
    await world.clock.advance(300_000);
    expect(world.leaders).toEqual([leader.name]);
  });

  test('an outage that is short is waited for, and said once', async () => {
    const { world, leader } = await led();
    leader.way = 'refused';
    await world.clock.advance(6_000);
    leader.way = 'open';
    await world.clock.advance(60_000);
    expect(world.leaders).toEqual([leader.name]);
    expect(leader.lines.messages('warn')).toEqual(['the lease cannot be read or written']);
    expect(leader.lines.messages('info').at(-1)).toBe('the lease can be reached again');
  });

  test('after one that is long, one of those that wait leads', async () => {
    const { world, leader } = await led(3);
    for (const replica of world.replicas) replica.way = 'refused';
    await world.clock.advance(120_000);
    expect(world.leaders).toEqual([]);
    expect(leader.outcome).toBeInstanceOf(Error);
    for (const replica of world.replicas) replica.way = 'open';
    await world.untilLed(LOOK_MS);
    await world.clock.advance(60_000);
    expect(world.leaders).toHaveLength(1);
  });

  test('a renewal whose answer is lost is looked up, and leadership goes on', async () => {
    const { world, leader } = await led();
    for (let time = 0; time < 20; time += 1) {
      leader.way = 'answer-lost';
      await world.clock.advance(3_000);
      leader.way = 'open';
      await world.clock.advance(10_000);
    }
    expect(world.leaders).toEqual([leader.name]);
    expect(leader.lines.messages('debug')).toEqual([]); // it did not even write over itself
  });

  test('one whose winning was not answered leads with the next look', async () => {
    const world = new World();
    const replica = world.add();
    replica.way = 'answer-lost';
    await settled();
    await world.clock.advance(3);
    replica.way = 'open';
    expect(await world.untilLed(DURATION_MS)).toBeLessThan(DURATION_MS);
    expect(world.lease?.spec?.leaseTransitions).toBe(0);
  });

  test('a lease that was deleted is made again by its holder, and taken by nobody who knew of it', async () => {
    const { world, leader, standby } = await led();
    world.lease = undefined;
    await world.clock.advance(60_000);
    expect([world.leaders, holder(world)]).toEqual([[leader.name], leader.name]);
    expect(standby.lines.messages('info')).toEqual(['stands for election', 'another leads']);
  });

  test('a lease that was deleted with its holder is made anew', async () => {
    const { world, leader, standby } = await led();
    leader.kill();
    world.lease = undefined;
    await world.untilLed(DURATION_MS + LOOK_MS);
    expect(world.leaders).toEqual([standby.name]);
  });
});

describe('dates of machines', () => {
  test.each([
    { name: 'a century ahead', leaderMs: 3e12, standbyMs: 0 },
    { name: 'a century behind', leaderMs: 0, standbyMs: 3e12 }
  ])('that are $name change nothing', async ({ leaderMs, standbyMs }) => {
    const world = new World();
    const leader = world.add({ aheadMs: leaderMs });
    await world.untilLed();
    const standby = world.add({ aheadMs: standbyMs });
    await world.clock.advance(300_000);
    expect(world.leaders).toEqual([leader.name]);
    leader.kill();
    await world.untilLed(DURATION_MS + 2 * LOOK_MS);
    expect(world.leaders).toEqual([standby.name]);
  });

  test('a date that is set back before every renewal does not make it look like the one before', async () => {
    const { world, leader } = await led();
    for (let time = 0; time < 100; time += 1) {
      leader.dateJumpMs = -world.clock.now();
      await world.clock.advance(1_000);
    }
    expect(world.leaders).toEqual([leader.name]);
  });
});
