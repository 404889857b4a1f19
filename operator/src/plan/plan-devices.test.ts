import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { planDevices } from './plan-devices.js';
import type { DeviceChoice } from './plan-devices.js';

function device(id: string, more: Partial<DeviceChoice> = {}): DeviceChoice {
  return { id, shares: 1, held: 0, hasStrangers: false, isBlocked: false, ...more };
}

test.each<{ name: string; devices: DeviceChoice[]; slots: number; want: string[] | undefined }>([
  {
    name: 'a device is given although it is held',
    devices: [device('a', { held: 1 }), device('b')],
    slots: 1,
    want: ['b']
  },
  {
    name: 'a device is given although it is broken',
    devices: [device('a', { isBlocked: true })],
    slots: 1,
    want: undefined
  },
  { name: 'somebody gets fewer than asked for', devices: [device('a')], slots: 2, want: undefined },
  {
    name: 'somebody shares with strangers while something is free',
    devices: [device('a', { hasStrangers: true }), device('b')],
    slots: 1,
    want: ['b']
  },
  {
    name: 'strangers keep a share from everybody',
    devices: [device('a', { shares: 2, held: 2 }), device('b', { shares: 2, hasStrangers: true })],
    slots: 1,
    want: ['b']
  },
  {
    name: 'somebody joins the fuller of two shared devices',
    devices: [device('a', { shares: 4, held: 2 }), device('b', { shares: 4, held: 1 })],
    slots: 1,
    want: ['b']
  },
  {
    name: 'several devices come in an order of their own',
    devices: [device('c', { hasStrangers: true, shares: 2 }), device('a', { shares: 2 }), device('b', { shares: 2 })],
    slots: 3,
    want: ['c', 'a', 'b']
  },
  { name: 'nothing is asked for and something given', devices: [device('a')], slots: 0, want: [] }
])('$name', ({ devices, slots, want }) => {
  expect(planDevices(devices, slots)).toEqual(want);
});

const anyDevices = fc
  .array(
    fc
      .record({
        shares: fc.integer({ min: 1, max: 3 }),
        hasStrangers: fc.boolean(),
        isBlocked: fc.boolean(),
        held: fc.nat(3)
      })
      .map(one => ({ ...one, held: Math.min(one.held, one.shares) })),
    { maxLength: 6 }
  )
  .map(devices => devices.map((one, index): DeviceChoice => ({ ...one, id: `d${index}` })));

test('a device is given twice, beyond its shares, or not although it is free', () => {
  fc.assert(
    fc.property(anyDevices, fc.nat(6), (devices, slots) => {
      const given = planDevices(devices, slots);
      const free = devices.filter(({ held, shares, isBlocked }) => held < shares && !isBlocked);
      expect(given === undefined).toBe(slots > free.length);
      if (given === undefined) return;
      expect(given).toHaveLength(slots);
      expect(new Set(given).size).toBe(slots);
      const freeIds = free.map(({ id }) => id);
      expect(freeIds).toEqual(expect.arrayContaining(given));
      expect(given).toEqual(freeIds.filter(id => given.includes(id)));
    })
  );
});

test('somebody shares while a device stays idle', () => {
  fc.assert(
    fc.property(anyDevices, fc.nat(6), (devices, slots) => {
      const given = new Set(planDevices(devices, slots));
      const load = ({ held, hasStrangers }: DeviceChoice): number => (hasStrangers ? 10 : 0) + held;
      const left = devices.filter(({ id, held, shares, isBlocked }) => !given.has(id) && held < shares && !isBlocked);
      const chosen = devices.filter(({ id }) => given.has(id));
      if (chosen.length === 0 || left.length === 0) return;
      expect(Math.max(...chosen.map(load))).toBeLessThanOrEqual(Math.min(...left.map(load)));
    })
  );
});

test('the same question has another answer, or whoever asks again and again gets more than there is', () => {
  fc.assert(
    fc.property(anyDevices, fc.integer({ min: 1, max: 3 }), (devices, slots) => {
      expect(planDevices(devices, slots)).toEqual(planDevices(structuredClone(devices), slots));
      let now = devices;
      for (let given = planDevices(now, slots); given !== undefined; given = planDevices(now, slots)) {
        const taken = new Set(given);
        now = now.map(one => (taken.has(one.id) ? { ...one, held: one.held + 1 } : one));
        for (const { held, shares } of now) expect(held).toBeLessThanOrEqual(shares);
      }
    })
  );
});
