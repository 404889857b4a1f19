/**
 * Decides what the GPUs of a machine are offered as: whole GPUs by product, MIG instances by profile and product, and,
 * where an administrator wants it, whole GPUs shared by several. A GPU that MIG has divided is never given out whole.
 */
import { createHash } from 'node:crypto';
import type { Gpu, GpuProcess, Inventory, MigInstance } from './inventory.js';

const LONGEST_ID = 64;
const GIB = 1024 ** 3;

/** One device of an offer. */
export interface OfferedDevice {
  /** What CUDA_VISIBLE_DEVICES takes. */
  readonly id: string;
  readonly title: string;
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number | null;
  readonly utilisation: number | null;
  readonly processes: readonly GpuProcess[];
  /** Why it cannot be given to anybody; null: it can. */
  readonly problem: string | null;
}

export interface DeviceOffer {
  readonly id: string;
  readonly kind: 'gpu' | 'mig' | 'shared-gpu';
  readonly title: string;
  /** How many may have one device at the same time. */
  readonly shares: number;
  /** In the order of the machine. */
  readonly devices: readonly OfferedDevice[];
}

interface Part {
  readonly id: string;
  readonly kind: DeviceOffer['kind'];
  readonly name: string;
  readonly shares: number;
  readonly device: OfferedDevice;
}

/**
 * The offers, those of the first GPU first.
 *
 * @param shares by how many a whole GPU is shared; 1: it is not
 * @param machineBytes the memory of the machine: that of a GPU that has none of its own
 */
export function deviceOffers({ gpus }: Inventory, shares: number, machineBytes: number): DeviceOffer[] {
  const parts = gpus.flatMap(gpu => {
    return gpu.isMig ? gpu.instances.map(one => migPart(gpu, one)) : [wholePart(gpu, shares, machineBytes)];
  });
  return [...new Set(parts.map(part => part.id))].flatMap(id => {
    const ofOffer = parts.filter(part => part.id === id);
    const [first] = ofOffer;
    if (first === undefined) return [];
    const devices = ofOffer.map(part => part.device);
    return [{ id, kind: first.kind, title: titleOf(first, devices), shares: first.shares, devices }];
  });
}

/** Of one slot: what it can count on. Those who share a GPU share its memory as well. */
export function slotMemoryBytes({ devices, shares }: DeviceOffer): number {
  return Math.floor(Math.min(...devices.map(device => device.memoryBytes)) / shares);
}

function wholePart(gpu: Gpu, wantedShares: number, machineBytes: number): Part {
  const shares = gpu.isExclusive ? 1 : wantedShares;
  const kind = shares > 1 ? 'shared-gpu' : 'gpu';
  const { id, memoryUsedBytes, utilisation, processes, problem } = gpu;
  const memoryBytes = gpu.memoryBytes ?? machineBytes;
  const device = { id, title: nameOf(gpu), memoryBytes, memoryUsedBytes, utilisation, processes, problem };
  const name = shares > 1 ? `${gpu.product} · shared, 1 of ${shares}` : gpu.product;
  return { id: offerId(kind === 'gpu' ? 'gpu' : 'shared', gpu.product), kind, name, shares, device };
}

function migPart(gpu: Gpu, instance: MigInstance): Part {
  const { id, profile, index, memoryUsedBytes } = instance;
  const device = {
    id,
    title: `${nameOf(gpu)} MIG ${profile} (${index})`,
    memoryBytes: instance.memoryBytes ?? 0,
    memoryUsedBytes,
    utilisation: null, // the driver does not measure it
    processes: gpu.processes.filter(one => isOn(one, instance)),
    problem: gpu.problem
  };
  const name = `${gpu.product} · MIG ${profile}`;
  return { id: offerId('mig', profile, gpu.product), kind: 'mig', name, shares: 1, device };
}

/** Whether a process works on this part of its GPU. */
export function isOn(process: GpuProcess, { gpuInstance, computeInstance }: MigInstance): boolean {
  return process.gpuInstance === gpuInstance && (process.computeInstance ?? computeInstance) === computeInstance;
}

function nameOf({ product, index }: Gpu): string {
  return `${product} (${index})`;
}

function titleOf({ name }: Part, devices: readonly OfferedDevice[]): string {
  const memoryBytes = Math.min(...devices.map(device => device.memoryBytes));
  return memoryBytes === 0 ? name : `${name} · ${Math.round(memoryBytes / GIB)} GiB`;
}

function offerId(...words: readonly string[]): string {
  const id = words.map(slug).join('-');
  if (id.length <= LONGEST_ID) return id;
  const digest = createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 8);
  return `${id.slice(0, LONGEST_ID - digest.length - 1)}-${digest}`;
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
