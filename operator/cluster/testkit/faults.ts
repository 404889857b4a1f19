/** Breaks a test cluster on purpose. `mend` undoes everything that was done through the same object. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { restart, running } from '../cluster.ts';
import { GPU_STATE } from '../components.ts';
import { quietly } from '../quietly.ts';

const TABLE = 'berth-faults';
const DELAY_TABLE = 'berth-delay';
const PROXY = 'delaying-proxy';
const PROXY_PORT = 9443;
const KUBELET_CONFIG = 'config/kubelet.json';

export class Faults {
  private readonly name: string;
  private readonly undo = new Map<string, () => Promise<void>>();

  constructor(name: string) {
    this.name = name;
  }

  /** `kill -9` of a process of the cluster (`apiserver`, `etcd`, `kubelet`, …). It stays away until `start`. */
  async kill(component: string): Promise<void> {
    const { machine } = await running(this.name);
    await machine.kill(component);
    this.undo.set(`start ${component}`, () => this.start(component));
  }

  async start(component: string): Promise<void> {
    await restart(this.name, component);
    this.undo.delete(`start ${component}`);
  }

  /** Drops every packet that a pod sends to the API server, by the pod's address. */
  async cutFromApiServer(podAddress: string): Promise<void> {
    const { node, apiPort, apiService } = (await running(this.name)).spec.addresses;
    await this.nft(`
      table inet ${TABLE} {
        chain before { type filter hook prerouting priority raw; policy accept;
          ip saddr ${podAddress} ip daddr { ${node}, ${apiService} } tcp dport { ${apiPort}, 443 } drop
        }
      }`);
    this.undo.set('cut', () => this.connectToApiServer());
  }

  async connectToApiServer(): Promise<void> {
    await this.nft(`table inet ${TABLE} {}\ndelete table inet ${TABLE}`);
    this.undo.delete('cut');
  }

  /**
   * Passes what a pod and the API server say to each other through a proxy that keeps every piece for so many milliseconds, each
   * way. Connections that stand are not touched.
   */
  async delayToApiServer(podAddress: string, delayMs: number): Promise<void> {
    const { machine, spec } = await running(this.name);
    const { node, apiPort, apiService } = spec.addresses;
    const proxy = [process.execPath, path.join(import.meta.dirname, 'delaying-proxy.ts')];
    await machine.start(PROXY, [...proxy, String(PROXY_PORT), node, String(apiPort), String(delayMs)]);
    this.undo.set('delay', () => this.endDelay());
    await this.nft(`
      table ip ${DELAY_TABLE} {
        chain before { type nat hook prerouting priority dstnat - 1; policy accept;
          ip saddr ${podAddress} ip daddr { ${node}, ${apiService} } tcp dport { ${apiPort}, 443 } redirect to :${PROXY_PORT}
        }
      }`);
  }

  async endDelay(): Promise<void> {
    await this.nft(`table ip ${DELAY_TABLE} {}\ndelete table ip ${DELAY_TABLE}`);
    await (await running(this.name)).machine.remove(PROXY);
    this.undo.delete('delay');
  }

  /** Says of one GPU or MIG slice whether it is well; the kubelet hears of it within a second. */
  async setDevice(resource: string, id: string, health: 'Healthy' | 'Unhealthy'): Promise<void> {
    const file = path.join((await running(this.name)).places.folder, GPU_STATE);
    const state = JSON.parse(await readFile(file, 'utf8')) as Record<string, Record<string, string>>;
    const devices = state[resource];
    if (devices?.[id] === undefined) {
      throw new Error(`there is no device ${id} of ${resource}; there are: ${Object.keys(devices ?? {}).join(', ')}`);
    }
    await writeFile(`${file}.part`, JSON.stringify({ ...state, [resource]: { ...devices, [id]: health } }, null, 2));
    await rename(`${file}.part`, file);
    if (health === 'Healthy') this.undo.delete(`device ${id}`);
    else this.undo.set(`device ${id}`, () => this.setDevice(resource, id, 'Healthy'));
  }

  /**
   * Has the kubelet take the node's disk for full, or not: the node says so and takes no new pods. Those that run stay, for
   * otherwise it would evict the whole cluster. The kubelet is restarted for that.
   */
  async setDiskFull(isFull: boolean): Promise<void> {
    const { places } = await running(this.name);
    const file = path.join(places.folder, KUBELET_CONFIG);
    const {
      evictionSoft: _,
      evictionSoftGracePeriod: __,
      ...config
    } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const full = {
      evictionSoft: { 'nodefs.available': '99.99%' },
      evictionSoftGracePeriod: { 'nodefs.available': '1h' }
    };
    await writeFile(file, JSON.stringify(isFull ? { ...config, ...full } : config));
    await this.kill('kubelet');
    await this.start('kubelet');
    if (isFull) this.undo.set('disk', () => this.setDiskFull(false));
    else this.undo.delete('disk');
  }

  /** Undoes what was not undone yet, the last first, all of it; then throws what went wrong, if anything did. */
  async mend(): Promise<void> {
    const errors: unknown[] = [];
    for (const undo of [...this.undo.values()].reverse()) await undo().catch((error: unknown) => errors.push(error));
    if (errors.length > 0)
      throw new AggregateError(errors, `the cluster is not mended: ${errors.map(String).join('; ')}`);
  }

  private async nft(rules: string): Promise<void> {
    await this.inside(['nft', rules]);
  }

  private async inside(command: readonly string[]): Promise<string> {
    const [program, ...args] = (await running(this.name)).machine.inside(command);
    return quietly(program ?? '', args);
  }
}
