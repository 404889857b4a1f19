/**
 * Operators one after the other: one leads, the next have seen everything and wait. When the one that leads is killed, the lease is taken
 * away from it, as nobody else may before it has lapsed, and the next leads at once.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../../../scripts/command.ts';
import { type ApiServer, isRefusal } from '../api-server.ts';
import { PLATFORM_NAMESPACE } from '../install-chart.ts';
import { OperatorProcess } from './operator-process.ts';
import { type Write, WriteProxy } from './write-proxy.ts';

const BUNDLE = path.join(ROOT, 'operator', 'dist', 'operator.mjs');
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${PLATFORM_NAMESPACE}/leases/berth-operator`;
const WAITING = 2;

export interface RelayOptions {
  readonly cluster: string;
  /** As the administrator. */
  readonly server: ApiServer;
  /** Of the operator's account. */
  readonly token: string;
  /** True: it is the last write of the operator that leads. */
  readonly isLast: (write: Write) => boolean;
}

export class Relay {
  kills = 0;
  private readonly options: RelayOptions;
  private readonly folder: string;
  private readonly waiting: Promise<OperatorProcess>[] = [];
  private proxy!: WriteProxy;
  private leading: OperatorProcess | undefined;
  private started = 0;
  private changing: Promise<void> = Promise.resolve();

  private constructor(options: RelayOptions, folder: string) {
    this.options = options;
    this.folder = folder;
  }

  /** @throws Error if the operator is not built */
  static async start(options: RelayOptions): Promise<Relay> {
    const folder = await mkdtemp(path.join(tmpdir(), 'berth-relay-'));
    const relay = new Relay(options, folder);
    // A copy: it stays what it is while somebody builds.
    await cp(BUNDLE, path.join(folder, 'operator.mjs')).catch((error: unknown) => {
      throw new Error('the operator is not built\n  fix: npm run build', { cause: error });
    });
    relay.proxy = await WriteProxy.start(options.cluster, {
      isItsTurn: by => by === relay.leading?.name,
      isLast: write => write.by === relay.leading?.name && options.isLast(write),
      kill: () => void relay.kill().then(() => relay.lead())
    });
    await relay.lead();
    return relay;
  }

  /** Kills who leads. Nobody leads until `lead`. */
  kill(): Promise<void> {
    const { leading } = this;
    this.leading = undefined;
    if (leading === undefined) return this.changing;
    this.kills += 1;
    const ended = leading.kill();
    return (this.changing = this.changing.then(() => ended));
  }

  /** The next leads. */
  lead(): Promise<void> {
    return (this.changing = this.changing.then(async () => {
      await this.options.server.sooner('DELETE', LEASE).catch((error: unknown) => {
        if (!isRefusal(error, 404)) throw error;
      });
      while (this.waiting.length < WAITING + 1) this.waiting.push(this.begin());
      this.leading = await this.waiting.shift();
      this.proxy.letGo();
    }));
  }

  /** @throws Error if one has ended that nobody has killed */
  async check(): Promise<void> {
    const all = [this.leading, ...(await Promise.all(this.waiting))];
    const complaint = all.map(each => each?.complaint).find(text => text !== undefined);
    if (complaint !== undefined) throw new Error(complaint);
  }

  async end(): Promise<void> {
    await this.changing;
    await this.leading?.kill();
    for (const each of this.waiting) await (await each).kill();
    await this.proxy.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private begin(): Promise<OperatorProcess> {
    this.started += 1;
    const name = `relay-${this.started}`;
    const bundle = path.join(this.folder, 'operator.mjs');
    const { token } = this.options;
    return OperatorProcess.start({ name, bundle, url: this.proxy.urlFor(name), token, folder: this.folder });
  }
}
