/** What is known of the last minutes, from the samples that came in piece by piece. Pure. */
import type { UsageSample } from '@berth/gateway/contract';
import type { Point } from '../../runs/list/sparkline-geometry.js';

const SPAN_MS = 10 * 60_000;

/** Oldest first. */
export type UsageHistory = readonly UsageSample[];

/** The newest sample; undefined before the first. */
export function newest(history: UsageHistory): UsageSample | undefined {
  return history[history.length - 1];
}

/** With the samples that are new; those that are too old, or known, are left out. */
export function withSamples(history: UsageHistory, samples: readonly UsageSample[]): UsageHistory {
  const lastMs = newest(history)?.atMs ?? -1;
  const fresh = samples.filter(({ atMs }) => atMs > lastMs);
  const last = newest(fresh);
  if (last === undefined) return history;
  return [...history, ...fresh].filter(({ atMs }) => atMs >= last.atMs - SPAN_MS);
}

export interface ICourse {
  /** [Unix milliseconds, value]; what was not known then is not there. */
  readonly points: readonly Point[];
  /** Null: not known now. It is never guessed, and never zero for want of knowledge. */
  readonly last: number | null;
}

/** The course of one figure; `read` says null or undefined where a sample has it not. */
export function courseOf(history: UsageHistory, read: (sample: UsageSample) => number | null | undefined): ICourse {
  const values = history.map(sample => [sample.atMs, read(sample) ?? null] as const);
  return {
    points: values.filter((point): point is readonly [number, number] => point[1] !== null),
    last: values[values.length - 1]?.[1] ?? null
  };
}

/** Of a run or kernel, with all processes that it has started. */
export function holderOf(sample: UsageSample, id: string): UsageSample['holders'][number] | undefined {
  return sample.holders.find(holder => holder.id === id);
}

/** Of a GPU or MIG instance. */
export function deviceOf(sample: UsageSample, id: string): UsageSample['devices'][number] | undefined {
  return sample.devices.find(device => device.id === id);
}
