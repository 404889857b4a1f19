/** Whatever happens to three replicas and to what is between them and the API server: never two lead, and always one again. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DURATION_MS, type Replica, type Way, World } from './election-world.testkit.js';

type Fault = (world: World, replica: Replica) => void | Promise<void>;

const way =
  (wayNow: Way): Fault =>
  (_world, replica) =>
    void (replica.way = wayNow);

const FAULTS: Readonly<Record<string, Fault>> = {
  freeze: (_world, replica) => replica.freeze(),
  thaw: (_world, replica) => replica.thaw(),
  kill: (_world, replica) => replica.kill(),
  stop: (_world, replica) => replica.stop.abort(),
  refuse: way('refused'),
  silence: way('silent'),
  loseAnswers: way('answer-lost'),
  open: way('open'),
  outage: world => world.replicas.forEach(each => (each.way = 'refused')),
  backAgain: world => world.replicas.forEach(each => (each.way = 'open')),
  slow: world => void (world.latencyMs = 1_000),
  quick: world => void (world.latencyMs = 2),
  setDateBack: (_world, replica) => void (replica.dateJumpMs -= 3_600_000),
  touchLease: world => {
    const { lease } = world;
    if (lease !== undefined) world.put({ ...lease, metadata: { ...lease.metadata, annotations: { seen: 'yes' } } });
  },
  startAnother: world => void (alive(world).length < 3 && world.add())
};

const alive = (world: World) => world.replicas.filter(({ isDead, outcome }) => !isDead && outcome === undefined);

const script = fc.array(
  fc.record({
    fault: fc.constantFrom(...Object.keys(FAULTS)),
    replica: fc.nat({ max: 2 }),
    thenMs: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 4_000 }), fc.nat({ max: 25_000 }))
  }),
  { minLength: 5, maxLength: 25 }
);
const clocks = fc.array(
  fc.record({
    rate: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    aheadMs: fc.double({ min: 0, max: 1e12, noNaN: true })
  }),
  { minLength: 3, maxLength: 3 }
);

test('never two lead at a time, what one wrote is never followed by what an earlier one wrote, and one leads again', async () => {
  await fc.assert(
    fc.asyncProperty(script, clocks, async (steps, options) => {
      const world = new World(); // throws as soon as two lead
      for (const each of options) world.add(each);
      for (const { fault, replica, thenMs } of steps) {
        const living = alive(world);
        const chosen = living[replica % Math.max(living.length, 1)];
        if (chosen !== undefined || fault === 'startAnother') await FAULTS[fault]?.(world, chosen as Replica);
        await world.clock.advance(thenMs);
      }
      await mend(world);
      await world.untilLed(DURATION_MS / 0.9 + 3_000);
      await world.clock.advance(30_000);
      expect(world.leaders).toHaveLength(1);
      expect(blocks(world.work.map(({ by }) => by))).toHaveLength(new Set(world.work.map(({ by }) => by)).size);
    }),
    { numRuns: 60 }
  );
});

async function mend(world: World): Promise<void> {
  world.latencyMs = 2;
  for (const replica of world.replicas) {
    replica.way = 'open';
    await replica.thaw();
  }
  world.add();
}

/** Equal neighbours as one. */
function blocks(names: readonly string[]): string[] {
  return names.filter((name, index) => name !== names[index - 1]);
}
