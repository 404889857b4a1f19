/** When what happened to pods, as the API server told: the first time of each. */
import { type Pod, PODS, conditionOf } from '../../../lib/controllers/core-objects.js';
import type { ApiClient } from '../../../lib/runtime/api-client.js';
import type { ObjectCache } from '../../../lib/runtime/object-cache.js';
import type { Key } from '../../../lib/runtime/resource.js';
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { mirror } from '../mirror.ts';

export const MOMENTS = ['created', 'scheduled', 'address', 'started', 'ready'] as const;
export type Moment = (typeof MOMENTS)[number];
type Placed = Pod & { readonly status?: { readonly podIP?: string } };

const LONGEST_MS = 300_000;

const IS_SO: Readonly<Record<Moment, (pod: Placed) => boolean>> = {
  created: () => true,
  scheduled: ({ spec }) => spec.nodeName !== undefined,
  address: ({ status }) => status?.podIP !== undefined,
  started: ({ status }) => status?.phase === 'Running',
  ready: pod => conditionOf(pod, 'Ready')?.status === 'True'
};

export class PodMoments {
  private readonly seen = new Map<Key, Map<Moment, number>>();
  private readonly pods: ObjectCache<Placed>;

  private constructor(pods: ObjectCache<Placed>) {
    this.pods = pods;
    pods.onChange(({ key, now }) => {
      const moments = this.seen.get(key) ?? new Map<Moment, number>();
      this.seen.set(key, moments);
      for (const moment of MOMENTS) {
        if (now !== undefined && !moments.has(moment) && IS_SO[moment](now)) moments.set(moment, Date.now());
      }
    });
  }

  static async follow(client: ApiClient, signal: AbortSignal): Promise<PodMoments> {
    return new PodMoments(await mirror<Placed>(client, { resource: PODS }, signal));
  }

  /** What was seen of an earlier pod of this name does not count. */
  forget(key: Key): void {
    this.seen.delete(key);
  }

  /** Resolves once all of them have come. */
  async of(key: Key): Promise<Readonly<Record<Moment, number>>> {
    await waitUntil(`${key} is ready`, LONGEST_MS, () => this.seen.get(key)?.size === MOMENTS.length);
    return Object.fromEntries(this.seen.get(key) ?? []) as Record<Moment, number>;
  }

  async address(key: Key): Promise<string> {
    await waitUntil(`${key} has an address`, LONGEST_MS, () => this.seen.get(key)?.has('address') === true);
    return this.pods.get(key)?.status?.podIP ?? '';
  }

  async untilGone(key: Key): Promise<void> {
    await waitUntil(`${key} is gone`, LONGEST_MS, () => this.pods.get(key) === undefined);
  }
}
