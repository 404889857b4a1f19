import { DayCurve } from '../decide/day-curve.js';
import { DayProgress } from '../decide/day-progress.js';
import { LimitLedger } from './limit-ledger.js';

const HOUR_MS = 3_600_000;
const NOON = { nowMs: 12 * HOUR_MS, typical: 1, mayFall: true };

function dayWith(arrivals: number): DayProgress {
  const day = new DayProgress(new DayCurve({ startMs: 0, intervalMs: 24 * HOUR_MS, arrivals: [1000] }), {});
  for (let count = 0; count < arrivals; count += 1) day.count(NOON.nowMs);
  return day;
}

function ledgerOf(cap: number, price: number, spent = 0): LimitLedger {
  const limits = { cap: Float64Array.of(cap), floor: Float64Array.of(0) };
  const one = Float64Array.of(1);
  return new LimitLedger(limits, { prices: Float64Array.of(price), spent: Float64Array.of(spent), weights: one });
}

describe('LimitLedger', () => {
  test('first looks, and moves a price only by what it has seen since', () => {
    const ledger = ledgerOf(1000, 2);
    expect(ledger.isDue(0, 0)).toBe(true);
    ledger.move(0, dayWith(1), NOON);
    expect(ledger.prices[0]).toBe(2);
    expect(ledger.isDue(0, 2)).toBe(false);
    for (let sends = 0; sends < 8; sends += 1) ledger.charge(0, 1, 1, 1);
    expect(ledger.isDue(0, 2)).toBe(true);
    ledger.move(0, dayWith(2), NOON); // eight sends to one person, where two were wanted
    expect(ledger.prices[0]).toBe(2.25);
  });

  test('holds back what runs ahead of the day, and takes it as a sign that the price is too low', () => {
    const ledger = ledgerOf(1000, 2, 602);
    ledger.move(0, dayWith(1), NOON);
    expect(ledger.isAhead(0, 1)).toBe(true);
    for (let held = 0; held < 8; held += 1) ledger.want(0, 1, 1, 1);
    expect([ledger.spent[0], ledger.isDue(0, 2)]).toEqual([602, true]);
    ledger.move(0, dayWith(2), NOON);
    expect(ledger.prices[0]).toBeGreaterThan(2);
  });

  test('a margin far beyond all others counts as eight of them', () => {
    const ledger = ledgerOf(1000, 2);
    for (let sends = 0; sends < 63; sends += 1) ledger.charge(0, 1, 1, 1);
    ledger.charge(0, 1, 1e30, 1);
    expect(ledger.learnt().excess[0]).toBeCloseTo(1 + 7 / 64, 9);
  });

  test('where nothing was sent, a price moves by what values are like', () => {
    const ledger = ledgerOf(1000, 2);
    ledger.move(0, dayWith(1), NOON);
    ledger.move(0, dayWith(100), NOON);
    expect(ledger.prices[0]).toBe(1.75);
  });

  test('a price that must not fall does not', () => {
    const ledger = ledgerOf(1000, 2);
    ledger.move(0, dayWith(1), { ...NOON, mayFall: false });
    ledger.move(0, dayWith(100), { ...NOON, mayFall: false });
    expect(ledger.prices[0]).toBe(2);
  });

  test('a correction is no news about the price, and a limit that is not used up after all is watched again', () => {
    const ledger = ledgerOf(1000, 2, 1000);
    ledger.move(0, dayWith(1), NOON);
    expect([ledger.priceFor(0, 1), ledger.isDue(0, 1e9)]).toEqual([Infinity, false]);
    ledger.correct(Float64Array.of(400));
    expect([ledger.priceFor(0, 1), ledger.isDue(0, 1)]).toEqual([2, true]);
    ledger.move(0, dayWith(1), NOON);
    expect(ledger.prices[0]).toBe(2);
  });

  test('a floor that is reached takes nothing off a price, even before its own is moved', () => {
    const limits = { cap: Float64Array.of(100), floor: Float64Array.of(10) };
    const start = { prices: Float64Array.of(-2), spent: Float64Array.of(9), weights: Float64Array.of(1) };
    const ledger = new LimitLedger(limits, start);
    expect(ledger.priceFor(0, 1)).toBe(-2);
    ledger.charge(0, 1, 1, 1);
    expect(ledger.priceFor(0, 1)).toBe(0);
  });

  test('a limit with room for less than a send has none', () => {
    const ledger = ledgerOf(1.5, 2, 1);
    expect([ledger.priceFor(0, 0.5), ledger.priceFor(0, 0.75)]).toEqual([2, Infinity]);
  });
});
