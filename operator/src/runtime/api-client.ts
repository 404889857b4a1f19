/**
 * The API server's own verbs on any kind of object, as raw JSON.
 *
 * Not client-node's typed clients: they turn each object into classes and back, drop fields that they do not know, and cut every
 * watch at 30 s. Its KubeConfig is used, for all the ways in which credentials come.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { apiErrorOf, isApiError } from './api-error.js';
import { type ApiRequest, ApiTransport, type ApiTransportOptions } from './api-transport.js';
import { type ApiObject, type Key, type ObjectMeta, type Resource, apiVersionOf, splitKey } from './resource.js';

/** The server ends a watch at its timeout; one that is still there so much later is on a dead connection. */
const WATCH_GRACE_MS = 10_000;

export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** There is more; undefined on the last page. */
  readonly continueToken: string | undefined;
}

/** A bookmark's object has nothing but its resourceVersion. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly limit?: number;
  readonly continueToken?: string | undefined;
  /** Asks for data that is at least as new. Without it: the newest. */
  readonly resourceVersion?: string;
  readonly signal?: AbortSignal;
}

export interface WatchOptions {
  readonly labelSelector?: string | undefined;
  readonly resourceVersion: string;
  readonly timeoutS: number;
  readonly signal: AbortSignal;
}

export interface ApplyOptions {
  readonly subresource?: 'status';
  readonly signal?: AbortSignal;
}

export interface DeleteOptions {
  /** Both are preconditions: where they do not hold, the answer is a 409. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly signal?: AbortSignal;
}

export interface ApiClientOptions extends ApiTransportOptions {
  /** Owner of the fields that we write. */
  readonly fieldManager: string;
}

interface WireList<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

export class ApiClient {
  private readonly transport: ApiTransport;
  private readonly fieldManager: string;

  private constructor(transport: ApiTransport, fieldManager: string) {
    this.transport = transport;
    this.fieldManager = fieldManager;
  }

  static fromKubeConfig(config: KubeConfig, { fieldManager, ...options }: ApiClientOptions): ApiClient {
    return new ApiClient(new ApiTransport(config, options), fieldManager);
  }

  /** One page, of every namespace. */
  async list<T extends ApiObject>(resource: Resource, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { labelSelector, limit, continueToken, resourceVersion, signal } = options;
    const resourceVersionMatch = resourceVersion === undefined ? undefined : 'NotOlderThan';
    const query = { labelSelector, limit, continue: continueToken, resourceVersion, resourceVersionMatch };
    const path = pathOf(resource, {});
    const { metadata, items } = await this.transport.json<WireList<T>>({ method: 'GET', path, query, signal });
    const next = metadata.continue === '' ? undefined : metadata.continue;
    return { items: items ?? [], resourceVersion: metadata.resourceVersion, continueToken: next };
  }

  /** Ends when the server ends it, which it does after `timeoutS`. @throws ApiError, also for an ERROR in the stream. */
  async *watch<T extends ApiObject>(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent<T>, void> {
    const { labelSelector, resourceVersion, timeoutS, signal } = options;
    const query = { watch: true, allowWatchBookmarks: true, timeoutSeconds: timeoutS, resourceVersion, labelSelector };
    const request: ApiRequest = { method: 'GET', path: pathOf(resource, {}), query, signal };
    for await (const line of this.transport.lines(request, timeoutS * 1000 + WATCH_GRACE_MS)) yield eventOf<T>(line);
  }

  async get<T extends ApiObject>(resource: Resource, key: Key, signal?: AbortSignal): Promise<T | undefined> {
    const path = pathOf(resource, splitKey(key));
    return this.transport.json<T>({ method: 'GET', path, signal }).catch(undefinedIfAbsent);
  }

  async create<T extends ApiObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T> {
    const path = pathOf(resource, { namespace: object.metadata.namespace });
    return this.write<T>({ method: 'POST', path, body: typed(resource, object), signal });
  }

  /** Server-side apply: makes the object or changes the fields that are given, and takes them from whoever owned them. */
  async apply<T extends ApiObject>(resource: Resource, object: T, options: ApplyOptions = {}): Promise<T> {
    const { subresource, signal } = options;
    const path = pathOf(resource, object.metadata, subresource);
    const contentType = 'application/apply-patch+yaml';
    const query = { force: true };
    return this.write<T>({ method: 'PATCH', path, query, body: typed(resource, object), contentType, signal });
  }

  /**
   * Merges `change` into the object (RFC 7386). Succeeds only if the object still has the uid and the resourceVersion that are given; otherwise
   * the answer is a 409.
   */
  async merge<T extends ApiObject>(
    resource: Resource,
    { name, namespace, uid, resourceVersion }: ObjectMeta,
    change: object,
    signal?: AbortSignal
  ): Promise<T> {
    const path = pathOf(resource, { name, namespace });
    const body = { ...change, metadata: { uid, resourceVersion } };
    return this.write<T>({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json', signal });
  }

  /** Succeeds only if the object still has the resourceVersion that is given; otherwise the answer is a 409. */
  async replace<T extends ApiObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T> {
    const path = pathOf(resource, object.metadata);
    return this.write<T>({ method: 'PUT', path, body: typed(resource, object), signal });
  }

  /** `deleted` also where the object goes only later, after its grace period or its finalizers. */
  async delete(resource: Resource, key: Key, options: DeleteOptions = {}): Promise<'deleted' | 'absent'> {
    const { signal, ...preconditions } = options;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    const request: ApiRequest = { method: 'DELETE', path: pathOf(resource, splitKey(key)), body, signal };
    return (await this.transport.json<object>(request).catch(undefinedIfAbsent)) === undefined ? 'absent' : 'deleted';
  }

  /** Lets what is under way come to its end. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private write<T>(request: ApiRequest): Promise<T> {
    return this.transport.json<T>({ ...request, query: { ...request.query, fieldManager: this.fieldManager } });
  }
}

function pathOf(
  { group, version, plural, namespaced }: Resource,
  { namespace, name }: { namespace?: string | undefined; name?: string },
  subresource?: string
): string {
  if (namespaced && name !== undefined && namespace === undefined) throw new Error(`${plural} ${name}: no namespace`);
  const root = group === '' ? ['api'] : ['apis', group];
  const place = namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  const parts = [...root, version, ...place, plural, name, subresource];
  return parts.flatMap(part => (part === undefined ? [] : `/${encodeURIComponent(part)}`)).join('');
}

/** The server wants to be told the type, and refuses managedFields in an apply. */
function typed(resource: Resource, object: ApiObject): ApiObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
}

/** Only on the API server's word: a resource that is not served yet, and a proxy on the way, answer with a 404 of another kind. */
function undefinedIfAbsent(error: unknown): undefined {
  if (!isApiError(error, 404) || error.reason !== 'NotFound') throw error;
}

function eventOf<T extends ApiObject>(line: unknown): WatchEvent<T> {
  const { type, object } = (line ?? {}) as { readonly type?: unknown; readonly object?: T };
  if (type === 'ERROR') throw apiErrorOf(object, 500);
  const isKnown = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
  if (!isKnown || typeof object?.metadata?.resourceVersion !== 'string')
    throw new Error('a line is no event of a watch');
  return { type, object };
}
