import { readFileSync } from 'node:fs';
import { planDevices } from '@berth/operator/plan';
import * as fc from 'fast-check';
import { Offer } from '../../../contract/index.js';
import type { ComputeClaim } from '../ports.js';
import { claim, holder } from './claims.testkit.js';
import { deviceOffers } from './device-offers.js';
import type { DeviceOffer } from './device-offers.js';
import { deviceCapacity, deviceChoices, deviceOfferView } from './device-state.js';
import type { DeviceSight } from './device-state.js';
import { readInstanceList } from './nvidia-smi-list.js';
import { readInventory } from './nvidia-smi-xml.js';

const GIB = 1024 ** 3;
const H200 = 'gpu-nvidia-h200';
const SHARED = 'shared-nvidia-h200';
const gpu = (n: string): string => `GPU-0000${n}-1111-2222-3333-444455556666`;

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

function offersOf(name: string, shares = 1, list = ''): DeviceOffer[] {
  return deviceOffers(readInventory(fixture(name), readInstanceList(list)), shares, 120 * GIB);
}

function sight(more: Partial<DeviceSight['processes']> & { trouble?: string | null } = {}): DeviceSight {
  const { families = new Map(), ours = new Set(), strangers = new Set(), trouble = null } = more;
  return { processes: { families, ours, strangers }, trouble };
}

function only(offers: readonly DeviceOffer[], id: string): DeviceOffer {
  const found = offers.find(offer => offer.id === id);
  if (found === undefined) throw new Error(`no ${id} in ${offers.map(offer => offer.id).join(', ')}`);
  return found;
}

describe('what is offered', () => {
  test('GPUs have no stable names, or broken ones are for sale', () => {
    const titles = (name: string): unknown =>
      offersOf(name).map(({ id, title, devices }) => [id, title, devices.length]);
    expect(titles('t4-driver-515.xml')).toEqual([['gpu-tesla-t4', 'Tesla T4 · 15 GiB', 1]]);
    expect(titles('h200-driver-570.xml')).toEqual([[H200, 'NVIDIA H200 · 140 GiB', 3]]);
    expect(titles('gb10-driver-580.xml')).toEqual([['gpu-nvidia-gb10', 'NVIDIA GB10 · 120 GiB', 1]]);
    const [broken] = offersOf('v100-broken-driver-535.xml');
    expect(broken && deviceCapacity(broken, [], sight())).toEqual({ offer: 'gpu-tesla-v100-sxm2-32gb', slots: 1 });
  });

  test('a GPU that MIG has divided is given out whole, or one may have two instances', () => {
    const offers = offersOf('a100-mixed-mig-driver-535.xml', 4, fixture('a100-mixed-mig-driver-535.list.txt'));
    const views = offers.map(offer => Offer.parse(deviceOfferView(offer, [], sight())));
    expect(views.map(({ id, kind, slots, mostSlots }) => [id, kind, slots, mostSlots])).toEqual([
      ['mig-3g-40gb-nvidia-a100-sxm4-80gb', 'mig', 1, 1],
      ['mig-1g-10gb-nvidia-a100-sxm4-80gb', 'mig', 2, 1],
      ['shared-nvidia-a100-sxm4-80gb', 'shared-gpu', 4, 1]
    ]);
    expect(views[0]?.title).toBe('NVIDIA A100-SXM4-80GB · MIG 3g.40gb · 39 GiB');
    expect(views[0]?.devices).toMatchObject([
      { id: 'MIG-000000a0-0000-5fef-9c87-000000000001', title: 'NVIDIA A100-SXM4-80GB (0) MIG 3g.40gb (0)' }
    ]);
    expect(views[0]?.devices[0]?.strangers).toEqual([
      { pid: 70001, name: '/opt/conda/bin/python', memoryBytes: 24_980 * 1024 ** 2 }
    ]);
    expect(views[0]?.used).toBe(0);
    expect(views[1]?.devices.flatMap(device => device.strangers)).toEqual([]);
  });

  test('a GPU for one process alone is shared', () => {
    const offers = offersOf('h200-driver-570.xml', 4);
    expect(offers.map(({ id, title, shares, devices }) => [id, title, shares, devices.length])).toEqual([
      [SHARED, 'NVIDIA H200 · shared, 1 of 4 · 140 GiB', 4, 2],
      [H200, 'NVIDIA H200 · 140 GiB', 1, 1]
    ]);
    expect(deviceOfferView(only(offers, SHARED), [], sight()).memoryBytes).toBe((143_771 * 1024 ** 2) / 4);
  });

  test('two long names become one offer', () => {
    const product = `NVIDIA ${'Extremely '.repeat(8)}`;
    const xml = ['A', 'B'].map(
      end => `<gpu><uuid>GPU-${end}</uuid><product_name>${product}${end}</product_name></gpu>`
    );
    const ids = deviceOffers(readInventory(`<nvidia_smi_log>${xml.join('')}</nvidia_smi_log>`), 1, 0).map(
      ({ id }) => id
    );
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{1,64}$/);
  });
});

describe('strangers', () => {
  const offer = (): DeviceOffer => only(offersOf('h200-driver-570.xml'), H200);
  const seen = sight({ families: new Map([[70002, [70002, 69000, 1]]]) });

  test('whoever computes on a whole GPU without Berth does not keep it', () => {
    const who = 'python (pid 70002), which Berth did not start';
    expect(deviceCapacity(offer(), [], seen)).toEqual({ offer: H200, slots: 3, blocked: [who] });
    expect(deviceOfferView(offer(), [], seen)).toMatchObject({ slots: 3, used: 1 });
    expect(planDevices(deviceChoices(offer(), [], seen), 2)).toEqual([gpu('2000'), gpu('2002')]);
    expect(planDevices(deviceChoices(offer(), [], seen), 3)).toBeUndefined();
  });

  test('the processes of a run are strangers to it', () => {
    const run = holder('a', H200, [gpu('2001')], { pids: [69000] });
    expect(deviceCapacity(offer(), [run], seen)).toEqual({ offer: H200, slots: 3 });
    expect(deviceOfferView(offer(), [run], seen)).toMatchObject({
      used: 1,
      devices: [{}, { strangers: [], holders: ['a'] }, {}]
    });
  });

  test('what a run has left for a moment keeps the next one waiting', () => {
    const left = { ...seen, processes: { ...seen.processes, ours: new Set([70002]) } };
    expect(deviceCapacity(offer(), [], left)).toEqual({ offer: H200, slots: 3 });
  });

  test('in a container, where numbers mean nothing, a run is a stranger to itself', () => {
    const run = holder('a', H200, [gpu('2001')], { pids: [12] });
    expect(deviceOfferView(offer(), [run], sight()).devices[1]?.strangers).toEqual([]);
    expect(deviceOfferView(offer(), [], sight()).devices[1]?.strangers).toHaveLength(1);
  });

  test('in a container a stranger is forgotten as soon as somebody is given its device', () => {
    const run = holder('a', H200, [gpu('2001')], { pids: [12] });
    const known = sight({ strangers: new Set([70002]) });
    expect(deviceOfferView(offer(), [run], known).devices[1]?.strangers).toMatchObject([{ pid: 70002 }]);
  });

  test('a stranger keeps a shared GPU from everybody, or is preferred to an idle one', () => {
    const shared = only(offersOf('h200-driver-570.xml', 2), SHARED);
    expect(deviceCapacity(shared, [], seen)).toEqual({ offer: SHARED, slots: 4, mostSlots: 1 });
    const both = [holder('a', SHARED, [gpu('2000')]), holder('b', SHARED, [gpu('2000')])];
    expect(planDevices(deviceChoices(shared, both.slice(0, 1), seen), 1)).toEqual([gpu('2000')]);
    expect(planDevices(deviceChoices(shared, both, seen), 1)).toEqual([gpu('2001')]);
  });

  test('what only draws keeps a GPU busy', () => {
    const desktop = readInventory(fixture('rtx-4090-desktop-driver-550.xml'));
    const [gpus] = deviceOffers(desktop, 1, 0);
    expect(gpus && deviceCapacity(gpus, [], sight())).toMatchObject({ slots: 1 });
    expect(gpus && deviceCapacity(gpus, [], sight()).blocked).toBeUndefined();
  });
});

describe('when something changes under those who hold', () => {
  test('a GPU that breaks in use takes a slot from the healthy ones', () => {
    const offer = only(offersOf('v100-broken-driver-535.xml'), 'gpu-tesla-v100-sxm2-32gb');
    const run = holder('a', offer.id, ['GPU-00000004-1111-2222-3333-444455556666']);
    expect(deviceCapacity(offer, [run], sight())).toEqual({ offer: offer.id, slots: 2 });
    expect(planDevices(deviceChoices(offer, [run], sight()), 1)).toEqual(['GPU-00000005-1111-2222-3333-444455556666']);
  });

  test('a GPU that vanishes in use takes a slot from the others', () => {
    const offer = only(offersOf('t4-driver-515.xml'), 'gpu-tesla-t4');
    expect(deviceCapacity(offer, [holder('a', offer.id, ['GPU-gone'])], sight())).toEqual({
      offer: offer.id,
      slots: 2
    });
  });

  test('a GPU is shared while somebody has it whole', () => {
    const shared = only(offersOf('h200-driver-570.xml', 2), SHARED);
    const run = holder('a', H200, [gpu('2000')]);
    const who = 'the run a, through gpu-nvidia-h200';
    expect(deviceCapacity(shared, [run], sight()).blocked).toEqual([who, who]);
    expect(planDevices(deviceChoices(shared, [run], sight()), 1)).toEqual([gpu('2001')]);
  });

  test('a driver that does not answer is trusted', () => {
    const offer = only(offersOf('t4-driver-515.xml'), 'gpu-tesla-t4');
    const lost = sight({ trouble: 'nvidia-smi: it does not answer within 8 s' });
    expect(deviceCapacity(offer, [], lost)).toMatchObject({
      slots: 1,
      blocked: [expect.stringContaining('does not answer')]
    });
    expect(planDevices(deviceChoices(offer, [], lost), 1)).toBeUndefined();
    expect(deviceOfferView(offer, [], lost).devices[0]?.problem).toContain('does not answer');
  });
});

test('what the queue admits is never to be had, or what is held is given again', () => {
  const offers = [...offersOf('h200-driver-570.xml'), ...offersOf('h200-driver-570.xml', 3)];
  const asks = fc.array(fc.record({ offer: fc.nat(offers.length - 1), slots: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 8
  });
  fc.assert(
    fc.property(asks, fc.boolean(), (wanted, isOurs) => {
      const claims: ComputeClaim[] = [];
      const seen = sight({ families: new Map([[70002, [70002]]]), ours: new Set(isOurs ? [70002] : []) });
      for (const [index, ask] of wanted.entries()) {
        const offer = offers[ask.offer];
        if (offer === undefined) continue;
        const { slots, mostSlots = slots, blocked = [] } = deviceCapacity(offer, claims, seen);
        const held = claims.filter(one => one.offer === offer.id).reduce((sum, one) => sum + one.slots, 0);
        const fits = ask.slots <= Math.min(mostSlots, slots - held - blocked.length);
        const devices = planDevices(deviceChoices(offer, claims, seen), ask.slots);
        if (fits) expect(devices).toBeDefined();
        if (devices === undefined || ask.slots > mostSlots) continue;
        claims.push(holder(`r${index}`, offer.id, devices));
        const whole = claims.filter(one => one.offer === H200).flatMap(one => one.devices);
        expect(new Set(whole).size).toBe(whole.length);
      }
      const view = offers.map(offer => deviceOfferView(offer, [...claims, claim('w', offer.id)], seen));
      for (const { used, slots } of view) expect(used).toBeLessThanOrEqual(slots);
    })
  );
});
