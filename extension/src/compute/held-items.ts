/** What this person holds or waits for: kernels and live runs, out of all that the gateway shows. Pure. */
import type { KernelView, Offer } from '@berth/gateway/contract';
import { isActive } from '../runs/run-phase.js';
import { runTitle } from '../runs/run-title.js';
import type { IGatewayState } from '../shared/gateway-state.js';
import type { IAmount } from './compute-words.js';

export interface IHeldItem {
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly notebook: string;
  readonly amount: IAmount;
  /** Null while it waits. */
  readonly sinceMs: number | null;
  /** Names of its GPUs. */
  readonly devices: readonly string[];
  /** Null: it is a run. */
  readonly kernel: KernelView | null;
}

/** Kernels first, then runs; runs in the queue are listed with the runs. */
export function heldItems({ kernels, runs, offers }: IGatewayState): IHeldItem[] {
  const titles = deviceTitles(offers);
  const named = (ids: readonly string[]): string[] => ids.map(id => titles.get(id) ?? id);
  const ofKernels = kernels.map(kernel => ({
    id: kernel.id,
    title: kernel.name,
    notebook: kernel.notebook,
    amount: { offer: kernel.offer, count: kernel.count },
    sinceMs: kernel.sinceMs,
    devices: named(kernel.devices),
    kernel
  }));
  const ofRuns = runs
    .filter(run => isActive(run.phase))
    .map(run => ({
      id: run.id,
      title: runTitle(run),
      notebook: run.notebook,
      amount: { offer: run.request.offer, count: run.request.processes },
      sinceMs: run.startedAtMs,
      devices: named(run.devices),
      kernel: null
    }));
  return [...ofKernels, ...ofRuns];
}

function deviceTitles(offers: readonly Offer[]): ReadonlyMap<string, string> {
  return new Map(offers.flatMap(({ devices }) => devices.map(({ id, title }) => [id, title] as const)));
}
