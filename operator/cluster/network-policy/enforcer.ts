/**
 * Keeps the nftables rules of a test cluster's node in step with its NetworkPolicies; the bridge of its pods enforces none.
 *
 *   node enforcer.ts --kubeconfig PATH --pod-network 10.129.1.0/24
 *
 * It works in the network namespace it is started in. While the API server is away the rules stay as they are, and so they do
 * when it ends. A line on stdout tells of each change; exit code 1 says, on stderr, why nothing is enforced any more.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  CoreV1Api,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  NetworkingV1Api,
  type V1NetworkPolicy,
  type V1NetworkPolicyPeer
} from '@kubernetes/client-node';
import { type Policy, rulesOf } from './rules.ts';

const BRIDGE_HOOK = '/proc/sys/net/bridge/bridge-nf-call-iptables';
/** Changes come in groups: a deployment, a namespace. */
const GATHER_MS = 50;
const BACKOFF_MS = { first: 100, most: 5_000 } as const;

interface Source<T extends KubernetesObject> {
  readonly kind: string;
  readonly path: string;
  readonly list: () => Promise<KubernetesListObject<T>>;
}

function start({ kubeconfig, podNetwork }: { readonly kubeconfig: string; readonly podNetwork: string }): void {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const pods = watched(config, changed, {
    kind: 'pods',
    path: '/api/v1/pods',
    list: () => core.listPodForAllNamespaces()
  });
  const namespaces = watched(config, changed, {
    kind: 'namespaces',
    path: '/api/v1/namespaces',
    list: () => core.listNamespace()
  });
  const policies = watched(config, changed, {
    kind: 'networkpolicies',
    path: '/apis/networking.k8s.io/v1/networkpolicies',
    list: () => networking.listNetworkPolicyForAllNamespaces()
  });

  let timer: NodeJS.Timeout | undefined;
  let applying = Promise.resolve();
  let applied = '';
  function changed(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      applying = applying.then(apply).catch(fail);
    }, GATHER_MS);
  }
  async function apply(): Promise<void> {
    const seen = { pods: pods(), namespaces: namespaces(), policies: policies() };
    if (seen.pods === undefined || seen.namespaces === undefined || seen.policies === undefined) return;
    const rules = rulesOf(
      { pods: seen.pods, namespaces: seen.namespaces, policies: seen.policies.map(policyOf) },
      { podNetwork }
    );
    if (rules === applied) return;
    const startedMs = performance.now();
    await nft(['-f', '-'], rules);
    applied = rules;
    const tookMs = Math.round(performance.now() - startedMs);
    console.log(`network-policy: applied ${seen.policies.length} policies to ${seen.pods.length} pods in ${tookMs} ms`);
  }
}

/** What the API server holds, by its last word; undefined before its first one. Lists anew after every failure. */
function watched<T extends KubernetesObject>(
  config: KubeConfig,
  changed: () => void,
  { kind, path, list }: Source<T>
): () => readonly T[] | undefined {
  let items = (): readonly T[] | undefined => undefined;
  let backoffMs: number = BACKOFF_MS.first;
  begin();
  return () => items();

  function begin(): void {
    const informer = makeInformer<T>(config, path, async () => {
      const listed = await list();
      items = () => informer.list(); // which holds them once this has returned: before `changed` gets to reading them
      backoffMs = BACKOFF_MS.first;
      changed();
      return listed;
    });
    let failed = false;
    const again = (error: unknown): void => {
      if (failed) return;
      failed = true;
      void informer.stop();
      console.error(`network-policy: ${kind}: ${reasonOf(error)}; listing again in ${backoffMs} ms`);
      setTimeout(begin, backoffMs);
      backoffMs = Math.min(2 * backoffMs, BACKOFF_MS.most);
    };
    informer.on('change', changed);
    informer.on('error', again);
    informer.start().catch(again);
  }
}

/** A list names a peer `_from`, a watch `from`; a rule without one would allow everybody. */
function policyOf({ metadata, spec }: V1NetworkPolicy): Policy {
  const ingress = spec?.ingress?.map(rule => ({
    from: rule._from ?? (rule as { from?: V1NetworkPolicyPeer[] }).from,
    ports: rule.ports
  }));
  return { metadata, spec: { ...spec, ingress } };
}

/** Not the message of an ApiException, which holds headers and body. */
function reasonOf(error: unknown): string {
  const { code, cause, message } = (error ?? {}) as { code?: number; cause?: { code?: string }; message?: string };
  return `${code ?? cause?.code ?? message ?? 'the watch ended'}`;
}

async function nft(args: readonly string[], input: string): Promise<void> {
  const child = spawn('nft', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  child.stdin.on('error', () => undefined).end(input); // it has ended: 'close' tells
  const [code, problem] = await Promise.all([ended, text(child.stderr)]);
  if (code !== 0) throw new Error(`nft ended with ${code}: ${problem.trim()}`);
}

function fail(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(`network-policy: ${code === 'ENOENT' ? 'nft is not on the PATH (package nftables)' : message}`);
  process.exit(1);
}

function bridgeIsFiltered(): boolean {
  try {
    return readFileSync(BRIDGE_HOOK, 'utf8').trim() === '1';
  } catch {
    return false; // no module br_netfilter
  }
}

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, 'pod-network': { type: 'string' } } });
const { kubeconfig, 'pod-network': podNetwork } = values;
try {
  if (kubeconfig === undefined || podNetwork === undefined) {
    throw new Error('want --kubeconfig PATH --pod-network CIDR');
  }
  if (!bridgeIsFiltered()) throw new Error(`${BRIDGE_HOOK} is not 1: packets between pods would pass unseen`);
  await nft(['list', 'tables'], '');
  start({ kubeconfig, podNetwork });
} catch (error) {
  fail(error);
}
