/** Whole lives of a workspace among people, kubelets, lost nodes and an operator that is killed in the middle of its work. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Fate, type Hand, ModelCluster, type Wish } from './model-cluster.testkit.js';

type Event =
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'killed'; readonly after: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'wish'; readonly wish: Wish }
  | { readonly kind: 'hand'; readonly hand: Hand }
  | { readonly kind: 'fate'; readonly fate: Fate };

const WISHES: readonly Wish[] = ['resume', 'stop', 'choose lab', 'choose other', 'choose broken', 'choose absent'];
const HANDS: readonly Hand[] = [
  'delete account',
  'delete policy',
  'delete service',
  'delete token',
  'delete pod',
  'delete home',
  'change policy',
  'change home'
];
const FATES: readonly Fate[] = [
  'runs out of memory',
  'is busy',
  'fails',
  'is evicted',
  'node is lost',
  'node comes back',
  'node is removed',
  'quota is full',
  'quota has room'
];

const kind = <K extends string>(of: K): fc.Arbitrary<K> => fc.constant(of);
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('reconcile') }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('fate'), fate: fc.constant<Fate>('kubelet works') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('killed'), after: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('time'), ms: fc.integer({ min: 1_000, max: 400_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('wish'), wish: fc.constantFrom(...WISHES) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('hand'), hand: fc.constantFrom(...HANDS) }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('fate'), fate: fc.constantFrom(...FATES) }) }
);
const anyEvents = fc.array(anyEvent, { maxLength: 50 });

function happen(world: ModelCluster, event: Event): void {
  if (event.kind === 'reconcile') world.reconcile();
  else if (event.kind === 'killed') world.reconcile({ killedAfter: event.after });
  else if (event.kind === 'time') world.nowMs += event.ms;
  else if (event.kind === 'wish') world.wish(event.wish);
  else if (event.kind === 'hand') world.byHand(event.hand);
  else world.befall(event.fate);
}

/** All faults end, and an environment is chosen that works. */
function behave(world: ModelCluster, wish: 'resume' | 'stop'): void {
  world.befall('node comes back');
  world.befall('quota has room');
  world.wish('choose lab');
  world.wish(wish);
}

function settle(world: ModelCluster): void {
  for (let round = 0; round < 12; round += 1) {
    world.reconcile();
    world.befall('kubelet works');
    world.nowMs += 61_000;
  }
}

const ROUNDS = { numRuns: 200 };

/** Lets every sequence of events happen to a new workspace, and then checks it. */
function whatever(check: (world: ModelCluster) => void): void {
  fc.assert(
    fc.property(anyEvents, events => {
      const world = new ModelCluster();
      for (const event of events) happen(world, event);
      check(world);
    }),
    ROUNDS
  );
}

describe('whatever has happened, once the faults have ended', () => {
  test('a workspace that is to run has one pod that answers, or says that a restart is needed', () => {
    whatever(world => {
      behave(world, 'resume');
      settle(world);
      expect(world.observe()).toMatchObject({
        pod: { ready: true, deleting: false },
        serviceAccount: { asWanted: true },
        networkPolicy: { asWanted: true },
        service: { asWanted: true },
        home: { phase: 'Bound' }
      });
      expect(world.report?.phase).toBe('Running');
      expect(world.report?.restartNeeded !== undefined).toBe(world.observe().pod?.asWanted === false);
      expect(world.reconcile()).toMatchObject({ actions: [], report: world.report });
    });
  });

  test('one that is stopped has no pod, and keeps the home that it had', () => {
    whatever(world => {
      const { home } = world;
      behave(world, 'stop');
      settle(world);
      expect(world.pod).toBeUndefined();
      expect(world.report?.phase).toBe('Stopped');
      if (home?.deleting === false) expect(world.home?.uid).toBe(home.uid);
      expect(world.reconcile()).toMatchObject({ actions: [], report: world.report });
    });
  });

  test('stopped and started again, it runs what is asked for, and no restart is needed', () => {
    whatever(world => {
      behave(world, 'stop');
      settle(world);
      behave(world, 'resume');
      settle(world);
      expect(world.observe().pod).toMatchObject({ ready: true, asWanted: true });
      expect(world.report).toMatchObject({ phase: 'Running' });
      expect(world.report?.restartNeeded).toBeUndefined();
    });
  });

  test('no home was lost but by a person’s own hand, and then it is said', () => {
    whatever(world => {
      behave(world, 'resume');
      settle(world);
      const lost = world.homesMade.filter(uid => uid !== world.home?.uid);
      expect(lost.filter(uid => !world.homesDeletedByHand.has(uid))).toEqual([]);
    });
  });
});

test('an operator that sees what was a moment ago ends no pod that answers, and makes no second one', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(4), (events, lag) => {
      const world = new ModelCluster();
      const sights = [world.observe()];
      for (const event of events) {
        const before = sights.at(-1 - lag);
        if (event.kind === 'reconcile' && before !== undefined) world.reconcile({ before });
        else happen(world, event);
        sights.push(world.observe());
      }
      behave(world, 'resume');
      settle(world);
      expect(world.report?.phase).toBe('Running');
    }),
    ROUNDS
  );
});

describe('a home that was deleted by hand', () => {
  const started = (): ModelCluster => {
    const world = new ModelCluster();
    settle(world);
    return world;
  };

  test('is kept while the workspace runs; a new one is made with the next start, and that is said until it is gone', () => {
    const world = started();
    world.byHand('delete home');
    settle(world);
    expect(world.report).toMatchObject({ phase: 'Running', home: { reason: 'BeingDeleted' } });
    world.wish('stop');
    settle(world);
    expect([world.home, world.report?.home]).toEqual([undefined, undefined]);
    world.wish('resume');
    settle(world);
    expect(world.report).toMatchObject({ phase: 'Running', home: { status: 'True', reason: 'Recreated' } });
    settle(world);
    expect(world.report?.home?.reason).toBe('Recreated');
  });

  test('a home that was only stopped on is not called new', () => {
    const world = started();
    world.wish('stop');
    settle(world);
    world.wish('resume');
    settle(world);
    expect(world.report?.home?.reason).toBe('Bound');
  });
});

test('what a person chose while it ran is run only after they stop and start it', () => {
  const world = new ModelCluster();
  settle(world);
  const before = world.pod?.uid;
  world.wish('choose other');
  settle(world);
  expect([world.pod?.uid, world.report?.restartNeeded]).toEqual([before, expect.stringContaining('Stop and start')]);
});

test('an image that cannot be had does not keep a person from choosing another', () => {
  const world = new ModelCluster();
  world.wish('choose broken');
  settle(world);
  expect(world.report).toMatchObject({ phase: 'Failed', ready: { reason: 'ImagePullFailed' } });
  world.wish('choose other');
  settle(world);
  expect(world.report?.phase).toBe('Running');
});

test('a workspace whose quota is full starts by itself when there is room', () => {
  const world = new ModelCluster();
  world.befall('quota is full');
  settle(world);
  expect(world.report).toMatchObject({ phase: 'Pending', ready: { reason: 'QuotaExceeded' } });
  world.befall('quota has room');
  settle(world);
  expect(world.report?.phase).toBe('Running');
});
