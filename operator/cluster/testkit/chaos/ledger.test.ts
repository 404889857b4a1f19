import { Ledger } from './ledger.js';
import type { Slot } from './operations.js';

const slot: Slot = { namespace: 'n', name: 'a', whenDeleted: 'Keep' };
const pod = (madeAt: number) => ({ uid: `pod-${madeAt}`, ownerUid: 'workspace', madeAt });

test('nothing may end that nobody has ended', () => {
  const ledger = new Ledger();
  expect(ledger.mayEnd('pod', 'n/a', pod(1))).toBe(false);
  ledger.endsPods({ ...slot, name: 'b' });
  expect(ledger.mayEnd('pod', 'n/a', pod(1))).toBe(false);
});

test('a stop is about every pod that is made until the next start, however late it ends', () => {
  const ledger = new Ledger();
  ledger.endsPods(slot);
  expect(ledger.mayEnd('pod', 'n/a', pod(15))).toBe(true);
  ledger.startsAgain(slot, '20');
  expect(ledger.mayEnd('pod', 'n/a', pod(15))).toBe(true);
  expect(ledger.mayEnd('pod', 'n/a', pod(25))).toBe(false);
});

test('an earlier stop stays over when there is another', () => {
  const ledger = new Ledger();
  ledger.endsPods(slot);
  ledger.startsAgain(slot, '20');
  ledger.endsPods(slot);
  ledger.startsAgain(slot, '40');
  expect(ledger.mayEnd('pod', 'n/a', pod(30))).toBe(true);
  expect(ledger.mayEnd('pod', 'n/a', pod(50))).toBe(false);
});

test('a stop ends no home', () => {
  const ledger = new Ledger();
  ledger.endsPods(slot);
  expect(ledger.mayEnd('home', 'n/a', pod(1))).toBe(false);
  ledger.endsHome(slot);
  expect(ledger.mayEnd('home', 'n/a', pod(1))).toBe(true);
});

test('one pod may be ended, and whatever belongs to a workspace that is no more', () => {
  const ledger = new Ledger();
  ledger.endsPod('pod-1');
  expect([1, 2].map(madeAt => ledger.mayEnd('pod', 'n/a', pod(madeAt)))).toEqual([true, false]);
  ledger.isDead('workspace');
  expect(ledger.mayEnd('pod', 'n/a', pod(2))).toBe(true);
});
