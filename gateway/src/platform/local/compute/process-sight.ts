/**
 * Decides what is known of the processes on the GPUs: which of them Berth has started, and which certainly not. Where this
 * machine is a container, the driver may tell numbers that mean nothing in it: of such a process it is only known whether
 * it was there while nobody had its device.
 */
import type { ComputeClaim } from '../ports.js';
import { isOn } from './device-offers.js';
import type { Gpu, GpuProcess, Inventory } from './inventory.js';
import { familyOf } from './process-tree.js';
import type { ProcessTable } from './process-tree.js';

export interface ProcessSight {
  /** Of each that can be seen: itself, its parent, and so on up. */
  readonly families: ReadonlyMap<number, readonly number[]>;
  /** Those that belonged to somebody who held compute at the last look: what ends then is no stranger until the next. */
  readonly ours: ReadonlySet<number>;
  /** Those that cannot be seen and were there before anybody had their device. */
  readonly strangers: ReadonlySet<number>;
}

export const NO_PROCESSES: ProcessSight = { families: new Map(), ours: new Set(), strangers: new Set() };

/**
 * @param claims who holds compute; undefined: nobody has said so yet
 * @param before what was known at the look before
 */
export function processSight(
  { gpus }: Inventory,
  table: ProcessTable,
  claims: readonly ComputeClaim[] | undefined,
  before: ProcessSight
): ProcessSight {
  const holding = (claims ?? []).filter(claim => claim.state === 'holding');
  const held = new Set(holding.flatMap(claim => claim.devices));
  const families = new Map<number, readonly number[]>();
  const strangers = new Set<number>();
  for (const { pid, devices } of gpus.flatMap(gpu => gpu.processes.map(process => placed(gpu, process)))) {
    const family = familyOf(table, pid);
    const isFirst = claims !== undefined && !devices.some(id => held.has(id));
    if (family !== undefined) families.set(pid, family);
    else if (isFirst || before.strangers.has(pid)) strangers.add(pid);
  }
  const ours = [...families].filter(([, family]) => isStartedBy(holding, family)).map(([pid]) => pid);
  return { families, ours: new Set(ours), strangers };
}

/** Whether somebody who holds compute has started the process, or one of its ancestors. */
export function isStartedBy(claims: readonly ComputeClaim[], family: readonly number[]): boolean {
  return claims.some(claim => claim.pids.some(pid => family.includes(pid)));
}

/** On which devices it is that can be given to somebody. */
function placed(gpu: Gpu, process: GpuProcess): { readonly pid: number; readonly devices: readonly string[] } {
  const instances = gpu.instances.filter(one => isOn(process, one)).map(({ id }) => id);
  return { pid: process.pid, devices: gpu.isMig ? instances : [gpu.id] };
}
