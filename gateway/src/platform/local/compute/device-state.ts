/**
 * Decides who has which device of an offer, which ones strangers keep busy, and what of it the queue has to know. Whoever
 * computes on a whole GPU keeps it busy, started by Berth or not; where a GPU is shared or divided a stranger is shown only.
 */
import { slotsHeld } from '@berth/operator/plan';
import type { Capacity, DeviceChoice } from '@berth/operator/plan';
import type { Offer } from '../../../contract/index.js';
import type { ComputeClaim } from '../ports.js';
import { slotMemoryBytes } from './device-offers.js';
import type { DeviceOffer, OfferedDevice } from './device-offers.js';
import type { GpuProcess } from './inventory.js';
import { isStartedBy } from './process-sight.js';
import type { ProcessSight } from './process-sight.js';

/** All that the offers depend on. */
export interface DeviceSight {
  readonly processes: ProcessSight;
  /** Why nothing more is given out for now; null: nothing is the matter. */
  readonly trouble: string | null;
}

interface DeviceState {
  readonly device: OfferedDevice;
  /** Who has it, through whichever offer. */
  readonly holders: readonly ComputeClaim[];
  /** How many of its shares are held through this offer. */
  readonly held: number;
  readonly strangers: readonly GpuProcess[];
  /** Who keeps what is not held of it; empty: nobody. */
  readonly blockedBy: string;
}

/** The queue's view of the offer. */
export function deviceCapacity(offer: DeviceOffer, claims: readonly ComputeClaim[], sight: DeviceSight): Capacity {
  const states = statesOf(offer, claims, sight);
  const usable = states.reduce((sum, { device, held }) => sum + (device.problem === null ? offer.shares : held), 0);
  const known = new Set(offer.devices.map(device => device.id));
  const lost = holdersOf(offer, claims).flatMap(claim => claim.devices.filter(id => !known.has(id)));
  const blocked = states.flatMap(({ device, held, blockedBy }) => {
    const free = device.problem === null && blockedBy !== '' ? offer.shares - held : 0;
    return Array.from({ length: Math.max(0, free) }, () => blockedBy);
  });
  return {
    offer: offer.id,
    slots: usable + lost.length,
    ...(offer.kind === 'gpu' ? {} : { mostSlots: 1 }),
    ...(blocked.length === 0 ? {} : { blocked })
  };
}

/** What a person sees of the offer. */
export function deviceOfferView(offer: DeviceOffer, claims: readonly ComputeClaim[], sight: DeviceSight): Offer {
  const { slots, mostSlots = slots, blocked = [] } = deviceCapacity(offer, claims, sight);
  return {
    id: offer.id,
    kind: offer.kind,
    title: offer.title,
    slots,
    used: slotsHeld(offer.id, claims) + blocked.length,
    waiting: claims.filter(claim => claim.offer === offer.id && claim.state === 'waiting').length,
    mostSlots: Math.max(1, mostSlots),
    memoryBytes: slotMemoryBytes(offer),
    holders: holdersOf(offer, claims).map(holderView),
    devices: statesOf(offer, claims, sight).map(({ device, holders, strangers }) => ({
      id: device.id,
      title: device.title,
      memoryBytes: device.memoryBytes,
      holders: holders.map(claim => claim.id),
      strangers: strangers.map(({ pid, name, memoryBytes }) => ({ pid, name, memoryBytes })),
      problem: device.problem ?? sight.trouble
    }))
  };
}

/** What `planDevices` chooses from. */
export function deviceChoices(offer: DeviceOffer, claims: readonly ComputeClaim[], sight: DeviceSight): DeviceChoice[] {
  return statesOf(offer, claims, sight).map(({ device, held, strangers, blockedBy }) => ({
    id: device.id,
    shares: offer.shares,
    held,
    hasStrangers: strangers.length > 0,
    isBlocked: device.problem !== null || blockedBy !== ''
  }));
}

/** A holder as it is shown. */
export function holderView({ kind, id, name, slots, sinceMs }: ComputeClaim): Offer['holders'][number] {
  return { kind, id, name, slots, sinceMs };
}

function statesOf(offer: DeviceOffer, claims: readonly ComputeClaim[], sight: DeviceSight): DeviceState[] {
  return offer.devices.map(device => {
    const holders = claims.filter(claim => claim.state === 'holding' && claim.devices.includes(device.id));
    const held = holders.filter(claim => claim.offer === offer.id).length;
    const strangers = strangersOn(device, holders, claims, sight.processes);
    return { device, holders, held, strangers, blockedBy: blockedBy(offer, holders, strangers, sight) };
  });
}

/** An administrator may have changed what a GPU is offered as while somebody has it: it is theirs until they end. */
function blockedBy(
  offer: DeviceOffer,
  holders: readonly ComputeClaim[],
  strangers: readonly GpuProcess[],
  sight: DeviceSight
): string {
  const other = holders.find(claim => claim.offer !== offer.id);
  if (other !== undefined) return `the ${other.kind} ${other.name}, through ${other.offer}`;
  if (sight.trouble !== null) return `the driver: ${sight.trouble}`;
  const [stranger] = strangers;
  if (offer.kind !== 'gpu' || stranger === undefined) return '';
  return `${programOf(stranger)} (pid ${stranger.pid}), which Berth did not start`;
}

/**
 * In a container the driver may tell numbers of processes that mean nothing there: on a device that somebody has, those
 * that came after are taken for theirs.
 */
function strangersOn(
  device: OfferedDevice,
  holders: readonly ComputeClaim[],
  claims: readonly ComputeClaim[],
  { families, ours, strangers }: ProcessSight
): GpuProcess[] {
  return device.processes.filter(({ pid, computes }) => {
    const family = families.get(pid);
    if (!computes || ours.has(pid)) return false;
    if (family !== undefined) return !isStartedBy(claims, family);
    return holders.length === 0 || strangers.has(pid);
  });
}

function holdersOf(offer: DeviceOffer, claims: readonly ComputeClaim[]): ComputeClaim[] {
  return claims.filter(claim => claim.offer === offer.id && claim.state === 'holding');
}

function programOf({ name }: GpuProcess): string {
  return name.split(' ')[0]?.split('/').at(-1) || name;
}
