/** The process against a made-up API server, with an `nft` that only writes down what it is told. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitUntil } from '../../../scripts/wait-until.ts';

const PATHS = {
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  networkpolicies: '/apis/networking.k8s.io/v1/networkpolicies'
} as const;
type Kind = keyof typeof PATHS;
interface Listed {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

class MadeUpApi {
  readonly objects: Record<Kind, Listed[]> = { pods: [], namespaces: [], networkpolicies: [] };
  readonly lists: Record<Kind, number> = { pods: 0, namespaces: 0, networkpolicies: 0 };
  #watches: { readonly kind: Kind; readonly response: ServerResponse }[] = [];
  #server: Server | undefined;
  #version = 1;
  port = 0;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://api');
      const kind = (Object.keys(PATHS) as Kind[]).find(name => PATHS[name] === url.pathname);
      if (kind === undefined) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      if (url.searchParams.get('watch') === 'true') {
        this.#watches.push({ kind, response });
        return response.flushHeaders();
      }
      this.lists[kind]++;
      response.end(JSON.stringify({ metadata: { resourceVersion: String(this.#version) }, items: this.objects[kind] }));
    });
    await new Promise<void>(resolve => this.#server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#watches = [];
    this.#server?.closeAllConnections();
    await new Promise(resolve => this.#server?.close(resolve));
  }

  isWatched(): boolean {
    return new Set(this.#watches.map(({ kind }) => kind)).size === 3;
  }

  put(kind: Kind, name: string, fields: Readonly<Record<string, unknown>>, labels = {}): void {
    const metadata = { name, namespace: 'x', labels, resourceVersion: String(++this.#version) };
    const index = this.objects[kind].findIndex(object => object.metadata['name'] === name);
    const object = { metadata, ...fields };
    this.objects[kind].splice(index < 0 ? this.objects[kind].length : index, index < 0 ? 0 : 1, object);
    this.tell(kind, { type: index < 0 ? 'ADDED' : 'MODIFIED', object });
  }

  tell(kind: Kind, event: unknown): void {
    for (const watch of this.#watches) if (watch.kind === kind) watch.response.write(`${JSON.stringify(event)}\n`);
  }

  /** Says that the versions it is asked for are gone, and ends the watches. */
  expire(): void {
    const watches = this.#watches;
    this.#watches = [];
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    for (const { response } of watches) response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  }
}

function whyNot(): string | undefined {
  if (!existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables')) return 'needs the kernel module br_netfilter';
  try {
    createRequire(import.meta.url).resolve('@kubernetes/client-node');
  } catch {
    return 'needs @kubernetes/client-node';
  }
  return undefined;
}

const why = whyNot();
(why === undefined ? describe : describe.skip)(`the process${why === undefined ? '' : ` (${why})`}`, () => {
  const api = new MadeUpApi();
  let folder: string;
  let child: ChildProcess | undefined;
  let output: string;
  let exitCode: number | null | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'berth-enforcer-'));
    await writeFile(
      path.join(folder, 'nft'),
      `#!/bin/sh\ncat >"${folder}/new" && mv "${folder}/new" "${folder}/rules"\n`
    );
    await chmod(path.join(folder, 'nft'), 0o755);
    await api.start();
    for (const kind of Object.keys(PATHS) as Kind[]) api.objects[kind] = [];
    api.put('namespaces', 'x', {}, { ns: 'x' });
    api.put('pods', 'a', { status: { phase: 'Running', podIP: '10.129.1.2' } }, { pod: 'a' });
  });
  afterEach(async () => {
    child?.kill();
    await waitUntil('it ended', 10_000, () => exitCode !== undefined);
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(searchPath = `${folder}:/usr/bin:/bin`): Promise<void> {
    const kubeconfig = path.join(folder, 'kubeconfig.json');
    const cluster = { server: `http://127.0.0.1:${api.port}`, 'insecure-skip-tls-verify': true };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x'
      })
    );
    const args = [path.join(import.meta.dirname, 'enforcer.ts'), '--kubeconfig', kubeconfig];
    output = '';
    exitCode = undefined;
    child = spawn(process.execPath, [...args, '--pod-network', '10.129.1.0/24'], { env: { PATH: searchPath } });
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
    child.on('close', code => (exitCode = code));
  }
  const rules = (): Promise<string> => readFile(path.join(folder, 'rules'), 'utf8').catch(() => '');
  const untilRules = (want: string): Promise<void> =>
    waitUntil(`the rules hold "${want}" (${output})`, 10_000, async () => (await rules()).includes(want));
  const allowFrom = (cidr: string): Readonly<Record<string, unknown>> => ({
    spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr } }] }] }
  });

  test('what is listed and what comes by watch is applied alike, with a line for each change', async () => {
    api.put('networkpolicies', 'listed', allowFrom('192.0.2.1/32'));
    await start();
    await untilRules('ip saddr 192.0.2.1/32 accept');
    await waitUntil('it watches', 10_000, () => api.isWatched());
    api.put('networkpolicies', 'watched', allowFrom('192.0.2.2/32'));
    await untilRules('ip saddr 192.0.2.2/32 accept');
    expect(output).toMatch(/^network-policy: applied 1 policies to 1 pods in \d+ ms\n/);
    await waitUntil('it told', 10_000, () => output.includes('applied 2 policies to 1 pods'));
  });

  test('a pod gets its address later', async () => {
    await start();
    await waitUntil('it watches', 10_000, () => api.isWatched());
    api.put('pods', 'late', { status: { phase: 'Pending' } });
    api.put('pods', 'late', { status: { phase: 'Running', podIP: '10.129.1.9' } });
    await untilRules('10.129.1.9');
  });

  test('what changed while the API server was away is seen once it is back', async () => {
    await start();
    await waitUntil('it watches', 10_000, () => api.isWatched());
    await untilRules('10.129.1.2');
    await api.stop();
    api.objects.pods = [];
    api.put('networkpolicies', 'missed', allowFrom('192.0.2.3/32'));
    await waitUntil('it noticed', 10_000, () => output.includes('listing again'));
    expect(await rules()).toContain('10.129.1.2');
    await api.start();
    await untilRules('ip saddr 192.0.2.3/32 accept');
    await waitUntil('the pod is gone', 10_000, async () => !(await rules()).includes('10.129.1.2'));
  });

  test('versions that the API server no longer has are listed anew', async () => {
    await start();
    await waitUntil('it watches', 10_000, () => api.isWatched());
    const listed = api.lists.networkpolicies;
    api.objects.networkpolicies = [{ metadata: { namespace: 'x', name: 'new' }, ...allowFrom('192.0.2.4/32') }];
    api.expire();
    await untilRules('ip saddr 192.0.2.4/32 accept');
    expect(api.lists.networkpolicies).toBeGreaterThan(listed);
  });

  test.each([
    ['nft is missing', '/nowhere', 'nft is not on the PATH'],
    ['nft refuses', undefined, 'nft ended with 3: no']
  ])('it ends with a reason where %s', async (_state, searchPath, want) => {
    await writeFile(path.join(folder, 'nft'), '#!/bin/sh\necho no >&2; exit 3\n');
    await start(searchPath);
    await waitUntil('it ended', 10_000, () => exitCode !== undefined);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: expect.stringContaining(want) as string });
  });
});
