/**
 * A real HTTP server that is an API server for one resource, ConfigMaps, and does everything wrong that one is told to.
 *
 * What it knows is the model that a cache is compared with. It never looks at a clock: watches end when a test says so.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { ApiObject, Resource } from './resource.js';

export const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true
};

export interface ConfigMap extends ApiObject {
  readonly data: Readonly<Record<string, string>>;
}

interface Event {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ConfigMap;
}

/** What etcd would restore. */
export interface Snapshot {
  readonly objects: ReadonlyMap<string, ConfigMap>;
  readonly version: number;
  readonly oldest: number;
  readonly events: readonly Event[];
}

interface Watch {
  readonly response: ServerResponse;
  sentUpTo: number;
}

export class ScriptedApiServer {
  /** Objects of a page, whatever is asked for. */
  pageSize = 500;
  /** Later pages show what is there then, instead of what was there at the first. */
  pagesChange = false;
  /** Statuses that the next lists are answered with; 0 ends the connection without an answer. */
  readonly failLists: number[] = [];
  /** The same for the next watches. */
  readonly failWatches: number[] = [];
  /** Nothing is sent to watches, and they are not ended: as when a router forgets a connection. */
  isSilent = false;
  /** Says what it has to a list that asks for a version ahead of it, instead of refusing. */
  isLenient = false;
  /** Lists wait for `release`. What they say is what was there when they came. */
  isSlow = false;
  /** Every request in the words of a test: `list`, `page`, `check` (one object at some version), `watch 12`. */
  readonly asked: string[] = [];

  private objects = new Map<string, ConfigMap>();
  private version = 100;
  /** A watch from before it is refused with 410. */
  private oldest = 100;
  private events: Event[] = [];
  private pages = new Map<string, readonly ConfigMap[]>();
  private readonly watches = new Set<Watch>();
  private readonly held: (() => void)[] = [];
  private lastUid = 0;
  private open = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.open += 1;
      response.once('close', () => (this.open -= 1));
      this.answer(new URL(request.url ?? '', 'http://server').searchParams, response);
    });
  }

  static async start(): Promise<ScriptedApiServer> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedApiServer(server);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  get kubeConfig(): KubeConfig {
    const { port } = this.server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'scripted', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'tester' }
    );
    return config;
  }

  /** What a list would say now, by key. */
  get model(): ReadonlyMap<string, ConfigMap> {
    return this.objects;
  }

  get resourceVersion(): string {
    return String(this.version);
  }

  /** No request is waiting for an answer, and nobody watches. */
  get isIdle(): boolean {
    return this.open === 0;
  }

  get watchers(): number {
    return this.watches.size;
  }

  // What happens to objects

  put(name: string, value = ''): void {
    const key = `default/${name}`;
    const before = this.objects.get(key);
    this.version += 1;
    const object: ConfigMap = {
      metadata: {
        name,
        namespace: 'default',
        uid: before?.metadata.uid ?? `uid-${(this.lastUid += 1)}`,
        resourceVersion: String(this.version),
        managedFields: [{ manager: 'tester' }]
      },
      data: { value }
    };
    this.objects.set(key, object);
    this.record({ version: this.version, type: before === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  remove(name: string): void {
    const object = this.objects.get(`default/${name}`);
    if (object === undefined) return;
    this.version += 1;
    this.objects.delete(`default/${name}`);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    this.record({ version: this.version, type: 'DELETED', object: last });
  }

  /** Other resources change: only the version moves. */
  elsewhere(writes = 1): void {
    this.version += writes;
  }

  // What happens to the server

  bookmark(): void {
    for (const watch of this.watches) if (watch.sentUpTo < this.version) this.send(watch, this.bookmarkLine());
  }

  endWatches(): void {
    for (const { response } of this.take()) response.end();
  }

  /** Connections are reset; with `text`, in the middle of what is sent. */
  resetWatches(text = ''): void {
    for (const { response } of this.take()) {
      if (text !== '') response.write(text);
      response.socket?.resetAndDestroy();
    }
  }

  /** An orderly end after half a line. */
  truncateWatches(): void {
    for (const { response } of this.take()) response.end(line({ type: 'ADDED', object: {} }).slice(0, 12));
  }

  /** Says something to every watch that it should not. */
  say(text: string): void {
    for (const watch of this.watches) this.send(watch, text);
  }

  /** Says the last events again, in the order in which they were. */
  repeat(count: number): void {
    for (const event of this.events.slice(-count)) this.say(line(event));
  }

  /** Says an event again that was `age` events ago. */
  repeatOne(age: number): void {
    const event = this.events.at(-1 - age);
    if (event !== undefined) this.say(line(event));
  }

  expireWatches(): void {
    this.say(line({ type: 'ERROR', object: status(410, 'Expired', 'too old resource version') }));
    this.endWatches();
  }

  /** Forgets what was before: a watch from an earlier version and the rest of a list are answered with 410. */
  compact(): void {
    this.oldest = this.version;
    this.events = [];
    this.pages = new Map();
  }

  /** A delete that no watch hears of. */
  removeUnseen(name: string): void {
    this.endWatches();
    this.remove(name);
    this.version += 1;
    this.compact();
  }

  snapshot(): Snapshot {
    const { version, oldest } = this;
    return { objects: new Map(this.objects), version, oldest, events: [...this.events] };
  }

  /** As after etcd was restored: what was written since the snapshot never was, and the versions are given again. */
  restore({ objects, version, oldest, events }: Snapshot): void {
    this.resetWatches();
    this.objects = new Map(objects);
    this.version = version;
    this.oldest = oldest;
    this.events = [...events];
    this.pages = new Map();
  }

  release(): void {
    this.isSlow = false;
    for (const give of this.held.splice(0)) give();
  }

  private record(event: Event): void {
    this.events.push(event);
    for (const watch of this.watches) this.catchUp(watch);
  }

  private take(): Watch[] {
    const watches = [...this.watches];
    this.watches.clear();
    return watches;
  }

  private answer(query: URLSearchParams, response: ServerResponse): void {
    const from = query.get('resourceVersion') ?? '';
    if (query.has('watch')) {
      this.asked.push(`watch ${from}`);
      this.watch(Number(from), response);
      return;
    }
    this.asked.push(from !== '' ? 'check' : query.has('continue') ? 'page' : 'list');
    const answer = this.list(query);
    const give = () => {
      if (answer === undefined) response.socket?.resetAndDestroy();
      else reply(response, answer);
    };
    if (this.isSlow) this.held.push(give);
    else give();
  }

  private list(query: URLSearchParams): object | undefined {
    const failure = this.failLists.shift();
    if (failure === 0) return undefined;
    if (failure !== undefined) return status(failure, 'InternalError', 'as the script says');
    if (Number(query.get('resourceVersion')) > this.version && !this.isLenient) {
      return status(504, 'Timeout', 'Too large resource version: it is ahead', ['ResourceVersionTooLarge']);
    }
    const token = query.get('continue');
    return token === null ? this.page(this.resourceVersion, '', this.now()) : this.nextPage(token);
  }

  private nextPage(token: string): object {
    const [version = '', after = ''] = token.split(' ');
    const first = this.pages.get(version);
    if (first === undefined) return status(410, 'Expired', 'The provided continue parameter is too old');
    return this.pagesChange ? this.page(this.resourceVersion, after, this.now()) : this.page(version, after, first);
  }

  private page(version: string, after: string, all: readonly ConfigMap[]): object {
    this.pages.set(version, all);
    const rest = all.filter(({ metadata }) => metadata.name > after);
    const items = rest.slice(0, this.pageSize);
    const next = rest.length > items.length ? { continue: `${version} ${items.at(-1)?.metadata.name}` } : {};
    return { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: version, ...next }, items };
  }

  private now(): ConfigMap[] {
    return [...this.objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  private watch(from: number, response: ServerResponse): void {
    const failure = this.failWatches.shift() ?? (from < this.oldest ? 410 : undefined);
    if (failure === 0) return void response.socket?.resetAndDestroy();
    if (failure !== undefined) return reply(response, status(failure, 'Expired', 'as the script says'));
    const watch = { response, sentUpTo: from };
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    this.watches.add(watch);
    response.once('close', () => this.watches.delete(watch));
    this.catchUp(watch);
  }

  private catchUp(watch: Watch): void {
    if (this.isSilent) return;
    for (const event of this.events) {
      if (event.version <= watch.sentUpTo) continue;
      this.send(watch, line(event));
      watch.sentUpTo = event.version;
    }
  }

  private send({ response }: Watch, text: string): void {
    if (!this.isSilent) response.write(text);
  }

  private bookmarkLine(): string {
    return line({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.resourceVersion } } });
  }
}

/** Events say what their object is, as items of a list do not. */
function line({ type, object }: { readonly type: string; readonly object: object }): string {
  return `${JSON.stringify({ type, object: { kind: 'ConfigMap', apiVersion: 'v1', ...object } })}\n`;
}

function status(code: number, reason: string, message: string, causes: readonly string[] = []): object {
  const details = { causes: causes.map(cause => ({ reason: cause })) };
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}

function reply(response: ServerResponse, body: object): void {
  const { code = 200 } = body as { code?: number };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
