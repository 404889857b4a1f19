/**
 * Decides which devices somebody gets whom the queue has admitted: whole GPUs, MIG instances or shares of GPUs.
 *
 * Nobody gets a device twice, and no device gives more than its shares. Idle ones go first, so that nobody shares while
 * something is free; those on which strangers compute go last, or never where they are to be had alone. Equals go by
 * their order, so the same question has the same answer.
 */

/** A device as the choice sees it. */
export interface DeviceChoice {
  readonly id: string;
  /** How many slots it gives at the same time; 1 where it is to be had alone. */
  readonly shares: number;
  /** How many of them are held. */
  readonly held: number;
  /** Processes of others compute on it. */
  readonly hasStrangers: boolean;
  /** It cannot be given now: it is broken, or others keep it busy. */
  readonly isBlocked: boolean;
}

/** The ids of `slots` different devices, in the order in which they were listed; undefined when there are not enough. */
export function planDevices(devices: readonly DeviceChoice[], slots: number): string[] | undefined {
  const order = new Map(devices.map(({ id }, index) => [id, index]));
  const free = devices.filter(({ shares, held, isBlocked }) => held < shares && !isBlocked);
  if (slots > free.length) return undefined;
  const chosen = free.sort(goesFirst).slice(0, slots);
  return chosen.map(({ id }) => id).sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/** The sort is stable: equals stay in their order. */
function goesFirst(a: DeviceChoice, b: DeviceChoice): number {
  return Number(a.hasStrangers) - Number(b.hasStrangers) || a.held - b.held;
}
