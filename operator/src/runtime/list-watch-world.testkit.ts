/** A list-watch on a scripted API server, under a clock that a test moves. */
import { ApiClient } from './api-client.js';
import { FakeClock } from './fake-clock.testkit.js';
import { keptLog } from './kept.testkit.js';
import { ListWatch } from './list-watch.js';
import { ObjectCache } from './object-cache.js';
import type { Key } from './resource.js';
import { CONFIG_MAPS, type ConfigMap, ScriptedApiServer } from './scripted-api-server.testkit.js';

const LONGEST_WAIT_MS = 10_000;
/** Past every resync, and past the longest watch. */
export const RESYNC_AND_MORE_MS = 700_000;

export class ListWatchWorld {
  readonly clock = new FakeClock();
  readonly kept = keptLog();
  readonly cache = new ObjectCache<ConfigMap>({
    resource: CONFIG_MAPS,
    indexes: { value: ({ data }) => Object.values(data) }
  });
  /** What a listener believes that follows changes one by one. */
  readonly followed = new Map<Key, ConfigMap>();
  /** Keys in the order in which they were announced. */
  readonly announced: Key[] = [];
  /** What was counted: `listed 3`, `expired`. */
  readonly counted: string[] = [];
  readonly listWatch: ListWatch<ConfigMap>;
  private readonly stopped = new AbortController();
  private readonly client: ApiClient;
  private running: Promise<void> | undefined;

  private constructor(readonly server: ScriptedApiServer) {
    const { clock, cache } = this;
    this.client = ApiClient.fromKubeConfig(server.kubeConfig, { fieldManager: 'test', clock });
    this.listWatch = new ListWatch(this.client, cache, {
      clock,
      random: () => 0.5,
      log: this.kept.log,
      metrics: {
        listed: (_resource, objects) => void this.counted.push(`listed ${objects}`),
        watchEnded: (_resource, why) => void this.counted.push(why)
      }
    });
    cache.onChange(({ key, now }) => {
      this.announced.push(key);
      if (now === undefined) this.followed.delete(key);
      else this.followed.set(key, now);
    });
  }

  static async make(): Promise<ListWatchWorld> {
    return new ListWatchWorld(await ScriptedApiServer.start());
  }

  start(): void {
    this.running = this.listWatch.run(this.stopped.signal);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
    await this.client.close();
    await this.server.close();
  }

  /** Lets the clock run while nothing else can happen: nobody asks the server for anything, so something waits for its time. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const lastMs = performance.now() + LONGEST_WAIT_MS;
    while (!isSo()) {
      if (performance.now() > lastMs) throw new Error(`waited in vain until ${what}`);
      await new Promise(resolve => setTimeout(resolve, 1));
      if (this.server.isIdle) await this.clock.advance(250);
    }
  }

  async untilWatching(): Promise<void> {
    await this.until('it watches', () => this.server.watchers === 1);
  }

  /** Until the cache has come as far as the server; what is in it then is for the test to look at. */
  async untilCaughtUp(): Promise<void> {
    await this.until('the cache has caught up', () => {
      this.server.bookmark();
      return this.server.watchers === 1 && this.cache.version === this.server.resourceVersion;
    });
  }

  /** Versions by key, so that a difference can be read. */
  get inCache(): Record<Key, string> {
    return versions([...this.cache.keys()].map(key => [key, this.cache.get(key)] as const));
  }

  get onServer(): Record<Key, string> {
    return versions([...this.server.model]);
  }

  get asFollowed(): Record<Key, string> {
    return versions([...this.followed]);
  }

  /** What was asked of the server since the last call. */
  takeAsked(): string[] {
    return this.server.asked.splice(0);
  }
}

function versions(objects: readonly (readonly [Key, ConfigMap | undefined])[]): Record<Key, string> {
  const texts = objects.map(([key, object]) => [key, `${object?.metadata.resourceVersion} ${object?.data['value']}`]);
  return Object.fromEntries(texts.sort()) as Record<Key, string>;
}
