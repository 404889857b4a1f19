/**
 * Follows the pods and homes of some namespaces through everything, and writes down what must never happen: two pods of one workspace at
 * once, a pod that was ready and ends although nobody asked for that, a home that ends so.
 */
import { type ApiServer, isRefusal, type Json, type List, Refusal, type WatchEvent } from '../api-server.ts';
import type { Ledger } from './ledger.ts';
import { collection } from './paths.ts';

const LABEL = 'berth.dev/workspace';
const LOOK_AGAIN_MS = 200;

interface Watched extends Json {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** One object of one uid, from when it was first seen. */
interface Life {
  readonly slot: string;
  readonly uid: string;
  readonly ownerUid?: string | undefined;
  readonly madeAt: number;
  wasReady: boolean;
  isJudged: boolean;
}

type Plural = 'pods' | 'persistentvolumeclaims';

export class Witness {
  readonly complaints: string[] = [];
  /** Pods that were ever seen, and how often a watch had to begin anew. */
  podsSeen = 0;
  interruptions = 0;
  private readonly server: ApiServer;
  private readonly ledger: Ledger;
  private readonly stop = new AbortController();
  private readonly following: Promise<unknown>[];

  /** `server` asks as the administrator. */
  constructor(server: ApiServer, ledger: Ledger, namespaces: readonly string[]) {
    this.server = server;
    this.ledger = ledger;
    this.following = namespaces.flatMap(namespace => [
      this.follow('pods', namespace),
      this.follow('persistentvolumeclaims', namespace)
    ]);
  }

  /** Returns once nothing is followed any more. */
  async end(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.following);
  }

  private async follow(plural: Plural, namespace: string): Promise<void> {
    const url = `${collection(plural, namespace)}?labelSelector=${LABEL}`;
    const lives = new Map<string, Life>();
    let version: string | undefined;
    while (!this.stop.signal.aborted) {
      try {
        version ??= await this.listAnew(plural, url, lives);
        for await (const event of this.server.watch<Watched>(url, version, this.stop.signal)) {
          this.take(plural, event, lives);
          version = event.object.metadata.resourceVersion;
        }
      } catch (error) {
        // Away: it goes on where it was. Too old: what happened meanwhile can only be told from what is there now.
        if (isRefusal(error)) version = undefined;
        this.interruptions += 1;
        await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    }
  }

  private async listAnew(plural: Plural, url: string, lives: Map<string, Life>): Promise<string> {
    const { metadata, items } = await this.server.json<List<Watched>>('GET', url);
    const there = new Set(items.map(({ metadata: { uid } }) => uid));
    for (const life of lives.values()) if (!there.has(life.uid)) this.ends(plural, life, lives);
    for (const object of items) this.take(plural, { type: 'MODIFIED', object }, lives);
    return metadata.resourceVersion;
  }

  /** @throws Refusal for an error in the stream: the version is too old */
  private take(plural: Plural, { type, object }: WatchEvent<Watched>, lives: Map<string, Life>): void {
    if (type === 'ERROR') throw new Refusal(410, 'the version is too old');
    if (type === 'BOOKMARK') return;
    const { uid, deletionTimestamp } = object.metadata;
    const life = lives.get(uid) ?? this.begins(plural, object, lives);
    const isReady = object.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') === true;
    if (isReady && deletionTimestamp === undefined) life.wasReady = true;
    if (type === 'DELETED') this.ends(plural, life, lives);
    else if (deletionTimestamp !== undefined) this.judge(plural, life);
  }

  private begins(plural: Plural, { metadata }: Watched, lives: Map<string, Life>): Life {
    const slot = `${metadata.namespace}/${metadata.labels?.[LABEL]}`;
    const twin = [...lives.values()].find(life => life.slot === slot);
    if (twin !== undefined) this.complaints.push(`${slot} has two ${plural} at once: ${twin.uid} and ${metadata.uid}`);
    const ownerUid = metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
    const madeAt = Number(metadata.resourceVersion);
    const life = { slot, uid: metadata.uid, ownerUid, madeAt, wasReady: false, isJudged: false };
    lives.set(metadata.uid, life);
    if (plural === 'pods') this.podsSeen += 1;
    return life;
  }

  private ends(plural: Plural, life: Life, lives: Map<string, Life>): void {
    this.judge(plural, life);
    lives.delete(life.uid);
  }

  private judge(plural: Plural, life: Life): void {
    if (life.isJudged) return;
    life.isJudged = true;
    const isPod = plural === 'pods';
    if (isPod && !life.wasReady) return;
    if (this.ledger.mayEnd(isPod ? 'pod' : 'home', life.slot, life)) return;
    this.complaints.push(
      `${life.slot}: ${isPod ? 'a pod that was ready' : 'a home'} was ended, and nobody asked for that`
    );
  }
}
