/** What somebody sees who watches a namespace: every state of its objects as it comes, and when it came. */
import { ApiServer, type Json, type List } from '../testkit/api-server.js';
import type { Conditioned } from './objects.testkit.js';

const PATHS = {
  workspaces: 'apis/berth.dev/v1alpha1',
  pods: 'api/v1',
  services: 'api/v1',
  serviceaccounts: 'api/v1',
  persistentvolumeclaims: 'api/v1',
  networkpolicies: 'apis/networking.k8s.io/v1'
} as const;
export type Plural = keyof typeof PATHS;

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string };
}

/** An object of any kind: what tests read of it. */
export interface SeenObject extends Json {
  readonly spec?: { readonly running?: boolean; readonly owner?: string };
  readonly status?: NonNullable<Conditioned['status']> & {
    readonly message?: string;
    readonly observedGeneration?: number;
    readonly podName?: string;
    readonly node?: string;
    readonly startedAt?: string;
    readonly containerStatuses?: readonly {
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

/** Undefined: there is none now. */
export type Look = (object: SeenObject | undefined) => boolean;

interface Sight {
  readonly atMs: number;
  readonly object: SeenObject | undefined;
}

interface Waiter {
  readonly id: string;
  readonly isSo: Look;
  readonly resolve: (object: SeenObject) => void;
}

export class WatchedNamespace {
  private readonly sights = new Map<string, Sight[]>();
  private readonly waiters = new Set<Waiter>();
  private readonly over = new AbortController();
  private readonly server: ApiServer;
  private readonly namespace: string;
  /** Why a watch has ended that should not. */
  private broken: string | undefined;

  private constructor(server: ApiServer, namespace: string) {
    this.server = server;
    this.namespace = namespace;
  }

  /** As somebody who may list and watch everything there. The caller calls `end`. */
  static async begin(cluster: string, namespace: string, user: string): Promise<WatchedNamespace> {
    const watched = new WatchedNamespace((await ApiServer.of(cluster)).as(user), namespace);
    await Promise.all((Object.keys(PATHS) as Plural[]).map(plural => watched.follow(plural)));
    return watched;
  }

  end(): void {
    this.over.abort();
    this.server.close();
  }

  /** The object as it is now. */
  now(plural: Plural, name: string): SeenObject | undefined {
    return this.sights.get(`${plural}/${name}`)?.at(-1)?.object;
  }

  /** Waits for a state that an object has now or comes to have, however short it has it. */
  async until(what: string, plural: Plural, name: string, isSo: Look, timeoutMs = 60_000): Promise<SeenObject> {
    const is = this.now(plural, name);
    if (isSo(is)) return is as SeenObject;
    const id = `${plural}/${name}`;
    return new Promise((resolve, reject) => {
      const complain = (): void => {
        this.waiters.delete(waiter);
        const last = JSON.stringify(this.now(plural, name), undefined, 1) ?? 'not there';
        const why = this.broken === undefined ? '' : ` (the watch broke: ${this.broken})`;
        reject(new Error(`waited ${timeoutMs / 1000} s in vain until ${what}${why}; ${id} is now ${last}`));
      };
      const timer = setTimeout(complain, timeoutMs);
      const waiter: Waiter = { id, isSo, resolve: object => (clearTimeout(timer), resolve(object)) };
      this.waiters.add(waiter);
    });
  }

  /** Waits for a state that an object has had since the watch began, or comes to have: one that is soon over is not missed. */
  async untilSeen(what: string, plural: Plural, name: string, isSo: Look): Promise<void> {
    if (this.firstMs(plural, name, isSo) === undefined) await this.until(what, plural, name, isSo);
  }

  async untilGone(plural: Plural, name: string): Promise<void> {
    await this.until(`${plural} ${name} is gone`, plural, name, object => object === undefined);
  }

  /** When such a state was first seen, in milliseconds of the monotonic clock; undefined: never. */
  firstMs(plural: Plural, name: string, isSo: Look): number | undefined {
    return this.sights.get(`${plural}/${name}`)?.find(({ object }) => isSo(object))?.atMs;
  }

  private async follow(plural: Plural): Promise<void> {
    const url = `/${PATHS[plural]}/namespaces/${this.namespace}/${plural}`;
    const { items, metadata } = await this.server.json<List<SeenObject>>('GET', url);
    for (const item of items) this.see(plural, item.metadata.name, item);
    void this.watch(plural, url, metadata.resourceVersion).catch((error: unknown) => {
      if (!this.over.signal.aborted) this.broken = String(error);
    });
  }

  private async watch(plural: Plural, url: string, resourceVersion: string): Promise<void> {
    for await (const { type, object } of this.server.watch<SeenObject>(url, resourceVersion, this.over.signal)) {
      if (type === 'ERROR') throw new Error(JSON.stringify(object));
      if (type !== 'BOOKMARK') this.see(plural, object.metadata.name, type === 'DELETED' ? undefined : object);
    }
    throw new Error('the server ended it');
  }

  private see(plural: Plural, name: string, object: SeenObject | undefined): void {
    const id = `${plural}/${name}`;
    const sights = this.sights.get(id) ?? [];
    this.sights.set(id, sights);
    sights.push({ atMs: performance.now(), object });
    for (const waiter of this.waiters) {
      if (waiter.id !== id || !waiter.isSo(object)) continue;
      this.waiters.delete(waiter);
      waiter.resolve(object as SeenObject);
    }
  }
}
