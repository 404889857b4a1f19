/** Processes of `elected-writer.testkit.ts` on a test cluster, with an account that may do no more than they need. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { waitUntil } from '../../../scripts/wait-until.ts';
import type { Kubectl } from '../kubectl.ts';

/** Short, so that tests are; still several times what a busy machine stands still for. */
export const DURATION_MS = 8_000;
const ACCOUNT = 'elected-writer';
const PROGRAM = path.join(import.meta.dirname, '../../src/runtime/elected-writer.testkit.ts');

interface Lease {
  readonly spec: { readonly holderIdentity?: string; readonly acquireTime: string; readonly renewTime: string };
}

interface Named {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

/** One process. `said` are the messages of its log. */
export class Writer {
  readonly said: string[] = [];
  /** Undefined while it runs; null where a signal ended it. */
  exitCode: number | null | undefined;
  readonly name: string;
  private readonly child: ChildProcess;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    createInterface({ input: child.stderr! }).on('line', line => this.said.push(messageOf(line)));
    child.once('close', code => (this.exitCode = code)); // after the last line of its log
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async untilSays(message: string): Promise<void> {
    await waitUntil(`${this.name} says "${message}"`, 60_000, () => this.said.includes(message)).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}; it said: ${this.said.slice(-10).join('; ')}`);
      }
    );
  }

  async untilEnded(): Promise<number | null> {
    await waitUntil(`${this.name} has ended`, 60_000, () => this.exitCode !== undefined);
    return this.exitCode ?? null;
  }
}

/** What is no line of the log (a crash) is kept as it is. */
function messageOf(line: string): string {
  try {
    return (JSON.parse(line) as { readonly message: string }).message;
  } catch {
    return line;
  }
}

export class ElectedWriters {
  readonly all: Writer[] = [];
  private readonly kubectl: Kubectl;
  private readonly namespace: string;
  private readonly folder: string;

  private constructor(kubectl: Kubectl, namespace: string, folder: string) {
    this.kubectl = kubectl;
    this.namespace = namespace;
    this.folder = folder;
  }

  static async create(kubectl: Kubectl, namespace: string): Promise<ElectedWriters> {
    const folder = await mkdtemp(path.join(tmpdir(), 'berth-elected-'));
    await build({
      entryPoints: [PROGRAM],
      outfile: path.join(folder, 'writer.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
    });
    await kubectl.apply(account());
    const token = (await kubectl.run(['create', 'token', ACCOUNT])).trim();
    const admin = JSON.parse(await kubectl.run(['config', 'view', '--raw', '-o', 'json'])) as {
      readonly clusters: unknown[];
    };
    const config = {
      ...admin,
      users: [{ name: ACCOUNT, user: { token } }],
      contexts: [{ name: ACCOUNT, context: { cluster: (admin.clusters[0] as { name: string }).name, user: ACCOUNT } }],
      'current-context': ACCOUNT
    };
    await writeFile(path.join(folder, 'kubeconfig'), JSON.stringify(config), { mode: 0o600 });
    return new ElectedWriters(kubectl, namespace, folder);
  }

  /** Its name must be new. */
  start(lease: string, name: string): Writer {
    const child = spawn(process.execPath, [path.join(this.folder, 'writer.mjs')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        KUBECONFIG: path.join(this.folder, 'kubeconfig'),
        NAMESPACE: this.namespace,
        LEASE: lease,
        IDENTITY: name,
        DURATION_MS: String(DURATION_MS)
      }
    });
    const writer = new Writer(name, child);
    this.all.push(writer);
    return writer;
  }

  lease(name: string): Promise<Lease | undefined> {
    return this.kubectl.get<Lease>('lease', name);
  }

  /** Of these, who wrote, in the order of the API server, equal neighbours once. */
  async turns(...writers: readonly Writer[]): Promise<string[]> {
    const { items } = JSON.parse(await this.kubectl.run(['get', 'configmaps', '-o', 'json'])) as { items: Named[] };
    return items
      .sort((one, other) => Number(one.metadata.resourceVersion) - Number(other.metadata.resourceVersion))
      .map(({ metadata: { name } }) => name.replace(/-\d+$/, ''))
      .filter(name => writers.some(writer => writer.name === name))
      .filter((name, index, names) => name !== names[index - 1]);
  }

  async untilWrites(writer: Writer): Promise<void> {
    await writer.untilSays('leads');
    await waitUntil(`${writer.name} writes`, 30_000, async () => (await this.turns(writer)).length > 0);
  }

  async close(): Promise<void> {
    for (const writer of this.all) writer.signal('SIGKILL');
    await Promise.all(this.all.map(writer => writer.untilEnded()));
    await rm(this.folder, { recursive: true });
  }
}

function account(): object[] {
  const metadata = { name: ACCOUNT };
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: ACCOUNT };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] }
      ]
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: ACCOUNT }]
    }
  ];
}
