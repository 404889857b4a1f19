/** The processors and GPUs of this machine: what they are, who has them, and how busy they are. */
import { planDevices, slotsHeld } from '@berth/operator/plan';
import type { Capacity } from '@berth/operator/plan';
import type { Offer, Usage, UsageQuery } from '../../../contract/index.js';
import type { ComputeClaim, PlatformCompute, PlatformLog } from '../ports.js';
import { readComputeConfig } from './compute-config.js';
import { computeVariables } from './compute-variables.js';
import { deviceOffers } from './device-offers.js';
import type { DeviceOffer, OfferedDevice } from './device-offers.js';
import { deviceCapacity, deviceChoices, deviceOfferView, holderView } from './device-state.js';
import { GpuWatch } from './gpu-watch.js';
import { readMachine } from './machine-reading.js';
import { cpuSlots, cpuTitle, measureMachine } from './machine.js';
import type { Machine } from './machine.js';
import { NvidiaSmi } from './nvidia-smi.js';
import { readProcessTable } from './process-table.js';
import { usageSample } from './usage-sample.js';
import type { UsageReading } from './usage-sample.js';
import { UsageSampler } from './usage-sampler.js';

const CPU = 'cpu';
/** Several who ask at the same time share a look. */
const FRESH_MS = 1_000;

export interface LocalComputeOptions {
  readonly log: PlatformLog;
  readonly clock: () => Date;
  /** The variables of this process: programs are found with them, and administrators decide with BERTH_GPU_SHARES. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Default: this machine, measured. */
  readonly machine?: Machine;
  /** The program that knows the GPUs; default: BERTH_NVIDIA_SMI, or `nvidia-smi` on the path. */
  readonly nvidiaSmi?: string;
  /** How long that program may take. */
  readonly patienceMs?: number;
}

export class LocalCompute implements PlatformCompute {
  private readonly listeners = new Set<() => void>();
  private readonly gpus: GpuWatch;
  private readonly sampler: UsageSampler;
  private deviceOffers: readonly DeviceOffer[] = [];
  /** As far as was told; undefined: nobody has yet. */
  private told: readonly ComputeClaim[] | undefined;
  private announced = '';

  /** @throws Error when an administrator has asked for what does not exist */
  static async open(options: LocalComputeOptions): Promise<LocalCompute> {
    const { gpuShares, nvidiaSmi } = readComputeConfig(options.variables);
    const program = new NvidiaSmi(options.nvidiaSmi ?? nvidiaSmi, options.variables, options.patienceMs);
    const compute = new LocalCompute(options, options.machine ?? (await measureMachine()), program, gpuShares);
    await compute.gpus.look();
    return compute;
  }

  private constructor(
    private readonly options: LocalComputeOptions,
    private readonly machine: Machine,
    nvidiaSmi: NvidiaSmi,
    private readonly shares: number
  ) {
    const { log } = options;
    this.gpus = new GpuWatch({ nvidiaSmi, log, claims: () => this.told, onLook: () => this.onLook() });
    this.sampler = new UsageSampler({
      log,
      read: () => this.read(),
      sampleOf: (before, now) => usageSample(before, now, this.machine, this.devices(), this.claims)
    });
  }

  capacities(claims: readonly ComputeClaim[]): Capacity[] {
    this.told = claims;
    const devices = this.deviceOffers.map(offer => deviceCapacity(offer, claims, this.gpus));
    this.careFor(devices);
    return [{ offer: CPU, slots: cpuSlots(this.machine) }, ...devices];
  }

  offers(claims: readonly ComputeClaim[]): Offer[] {
    this.told = claims;
    return [this.cpuOffer(claims), ...this.deviceOffers.map(offer => deviceOfferView(offer, claims, this.gpus))];
  }

  look(): void {
    void this.gpus.look(FRESH_MS);
  }

  pickDevices(offer: string, slots: number, claims: readonly ComputeClaim[]): string[] | undefined {
    if (offer === CPU) return [];
    const found = this.deviceOffers.find(({ id }) => id === offer);
    return found && planDevices(deviceChoices(found, claims, this.gpus), slots);
  }

  variables(_offer: string, devices: readonly string[], threads?: number): Record<string, string> {
    return computeVariables(devices, threads);
  }

  async usage(query: UsageQuery, claims: readonly ComputeClaim[]): Promise<Usage> {
    this.told = claims;
    return this.sampler.usage(query);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await Promise.all([this.gpus.close(), this.sampler.close()]);
  }

  private get claims(): readonly ComputeClaim[] {
    return this.told ?? [];
  }

  /** Looks go on while somebody holds or waits for a device. */
  private careFor(capacities: readonly Capacity[]): void {
    const wanted = this.claims.filter(claim => claim.offer !== CPU);
    if (wanted.length === 0) return;
    const waiting = new Set(wanted.filter(claim => claim.state === 'waiting').map(claim => claim.offer));
    this.gpus.care(capacities.some(({ offer, blocked }) => blocked !== undefined && waiting.has(offer)));
  }

  private onLook(): void {
    this.deviceOffers = deviceOffers(this.gpus.inventory, this.shares, this.machine.memoryBytes);
    const now = JSON.stringify(this.deviceOffers.map(offer => deviceOfferView(offer, this.claims, this.gpus)));
    const hasChanged = now !== this.announced;
    this.announced = now;
    if (hasChanged) for (const listener of [...this.listeners]) listener();
    this.careFor(this.deviceOffers.map(offer => deviceCapacity(offer, this.claims, this.gpus)));
  }

  private async read(): Promise<UsageReading> {
    // a driver in trouble must not hold up what is known of the rest
    const look = this.gpus.look(FRESH_MS);
    if (this.gpus.trouble === null) await look;
    const [machine, table] = await Promise.all([readMachine(this.machine), readProcessTable()]);
    const devices = this.gpus.trouble === null ? this.devices() : undefined;
    return { atMs: this.options.clock().getTime(), atS: performance.now() / 1000, machine, table, devices };
  }

  private devices(): OfferedDevice[] {
    return this.deviceOffers.flatMap(offer => offer.devices);
  }

  private cpuOffer(claims: readonly ComputeClaim[]): Offer {
    const ofOffer = claims.filter(claim => claim.offer === CPU);
    const slots = cpuSlots(this.machine);
    return {
      id: CPU,
      kind: 'cpu',
      title: cpuTitle(this.machine),
      slots,
      used: slotsHeld(CPU, claims),
      waiting: ofOffer.filter(claim => claim.state === 'waiting').length,
      mostSlots: slots,
      memoryBytes: this.machine.memoryBytes,
      holders: ofOffer.filter(claim => claim.state === 'holding').map(holderView),
      devices: []
    };
  }
}
