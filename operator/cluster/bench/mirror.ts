/** What the API server has of one resource, followed by the operator's own list-watch: so an observer costs what the operator does. */
import type { ApiClient } from '../../lib/runtime/api-client.js';
import { machineClock } from '../../lib/runtime/clock.js';
import { ListWatch } from '../../lib/runtime/list-watch.js';
import { createLog } from '../../lib/runtime/log.js';
import { type CacheOptions, ObjectCache } from '../../lib/runtime/object-cache.js';
import type { ApiObject } from '../../lib/runtime/resource.js';
import { waitUntil } from '../../../scripts/wait-until.ts';

const LONGEST_LIST_MS = 120_000;
const UNCOUNTED = { listed: (): void => undefined, watchEnded: (): void => undefined };

/** Resolves once everything is there; follows until the signal is aborted. */
export async function mirror<T extends ApiObject>(
  client: ApiClient,
  options: CacheOptions<T>,
  signal: AbortSignal
): Promise<ObjectCache<T>> {
  const cache = new ObjectCache<T>(options);
  const listWatch = new ListWatch<T>(client, cache, {
    clock: machineClock,
    random: Math.random,
    log: createLog({ level: 'warn' }),
    metrics: UNCOUNTED
  });
  void listWatch.run(signal);
  await waitUntil(`${options.resource.plural} are listed`, LONGEST_LIST_MS, () => cache.isSynced);
  return cache;
}
