import { Leases } from './leases.js';
import { ManualTimers } from './testing/manual-timers.js';

function setUp(): { timers: ManualTimers; leases: Leases; ends: () => number } {
  const timers = new ManualTimers();
  let ends = 0;
  const leases = new Leases({ lingerMs: 3_000, startLingerMs: 60_000, timers, onUnused: () => (ends += 1) });
  leases.start();
  return { timers, leases, ends: () => ends };
}

test('without a first lease it ends after the longer wait', () => {
  const { timers, ends } = setUp();
  timers.advance(59_999);
  expect(ends()).toBe(0);
  timers.advance(1);
  expect(ends()).toBe(1);
});

test('it goes on while one lease is held, and a little longer', () => {
  const { timers, leases, ends } = setUp();
  const [giveBackA, giveBackB] = [leases.take(), leases.take()];
  expect(leases.count).toBe(2);
  giveBackA();
  timers.advance(3_600_000);
  expect(ends()).toBe(0);
  giveBackB();
  timers.advance(2_999);
  expect(ends()).toBe(0);
  timers.advance(1);
  expect(ends()).toBe(1);
});

test('a page that is loaded again in time keeps it', () => {
  const { timers, leases, ends } = setUp();
  leases.take()();
  timers.advance(2_000);
  leases.take();
  timers.advance(3_600_000);
  expect(ends()).toBe(0);
});

test('giving back twice counts once', () => {
  const { timers, leases, ends } = setUp();
  const giveBack = leases.take();
  leases.take();
  giveBack();
  giveBack();
  timers.advance(3_600_000);
  expect([leases.count, ends()]).toEqual([1, 0]);
});

test('once stopped it never ends the gateway', () => {
  const { timers, leases, ends } = setUp();
  const giveBack = leases.take();
  leases.stop();
  giveBack();
  timers.advance(3_600_000);
  expect(ends()).toBe(0);
});
