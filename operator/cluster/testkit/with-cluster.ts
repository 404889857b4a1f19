/**
 * A namespace of its own on one shared test cluster, for a jest file:
 *
 *     const cluster = withCluster({ profile: 'queue' });
 *     cluster.test('a pod runs', async () => { await cluster.kubectl.apply([…]); … });
 *
 * The cluster comes up with the first file that wants it and stays for the next; `npm test` ends it after the last.
 * A test that fails puts events, descriptions and logs of its namespace into the output.
 */
import { randomBytes } from 'node:crypto';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { kubectlOf, up } from '../cluster.ts';
import type { Kubectl } from '../kubectl.ts';
import { checkName, type Profile } from '../spec.ts';
import { Faults } from './faults.ts';

/** Time for a cluster to come up from cached programs and images; what is not cached was made by `npm test` before. */
const LONGEST_START_MS = 600_000;
const TEST_TIMEOUT_MS = 180_000;
const LOG_LINES = 40;

export const TEST_CLUSTER = checkName(process.env['BERTH_TEST_CLUSTER'] ?? 'test');

export interface TestCluster {
  /** In the namespace of this file. */
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly faults: Faults;
  /** Waits for a state of any kind; throws naming `what`. */
  readonly until: (what: string, isSo: () => Promise<boolean>, timeoutMs?: number) => Promise<void>;
  readonly test: (name: string, run: () => Promise<void>, timeoutMs?: number) => void;
}

export function withCluster({ profile }: { readonly profile: Profile }): TestCluster {
  const namespace = `t-${randomBytes(4).toString('hex')}`;
  const faults = new Faults(TEST_CLUSTER);
  let kubectl: Kubectl | undefined;

  beforeAll(async () => {
    await up({ name: TEST_CLUSTER, profile }, () => undefined);
    const admin = kubectlOf(TEST_CLUSTER, await ensureBinaries(() => undefined));
    await admin.run(['create', 'namespace', namespace]);
    kubectl = admin.in(namespace);
    await kubectl.until('the namespace has its service account', ['serviceaccount', 'default'], () => true);
  }, LONGEST_START_MS);

  afterAll(async () => {
    try {
      await faults.mend();
    } finally {
      await kubectl?.run(['delete', 'namespace', namespace, '--wait=false']);
    }
  }, TEST_TIMEOUT_MS);

  return {
    namespace,
    faults,
    until: (what, isSo, timeoutMs = 60_000) => waitUntil(what, timeoutMs, isSo),
    get kubectl() {
      if (kubectl === undefined) throw new Error('the cluster is there once the first test runs');
      return kubectl;
    },
    test: (name, run, timeoutMs = TEST_TIMEOUT_MS) => {
      test(
        name,
        async () => {
          try {
            await run();
          } catch (error) {
            console.error(`${name}: what the cluster knows\n${kubectl === undefined ? '' : await diagnosis(kubectl)}`);
            throw error;
          }
        },
        timeoutMs
      );
    }
  };
}

/** What a person would ask first: objects, events, descriptions of pods that are not well, the end of every log. */
async function diagnosis(kubectl: Kubectl): Promise<string> {
  const ask = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await kubectl.try(args);
    return `--- kubectl ${args.join(' ')}\n${stdout}${stderr}`;
  };
  const names = (await kubectl.try(['get', 'pods', '-o', 'name'])).stdout.split('\n').filter(name => name !== '');
  const parts = [
    await ask('get', 'all', '-o', 'wide'),
    await ask('get', 'workspaces.berth.dev', '-o', 'yaml'),
    await ask('get', 'events', '--sort-by=.lastTimestamp'),
    await ask('describe', 'pods')
  ];
  for (const name of names) parts.push(await ask('logs', name, '--all-containers', `--tail=${LOG_LINES}`));
  return parts.join('\n');
}
