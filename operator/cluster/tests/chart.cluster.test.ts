/** The chart as a platform team meets it: what it refuses, whom it gives which rights, that it runs, and what an upgrade and its end leave. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBinaries } from '../binaries/build.js';
import { down, kubectlOf, up } from '../cluster.js';
import type { Kubectl } from '../kubectl.js';
import {
  applyChart,
  CHART,
  helmOf,
  PLATFORM_NAMESPACE,
  RELEASE,
  untilPoliciesAreInForce
} from '../testkit/install-chart.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { type Conditioned, FOREVER, isReady, pod } from './objects.testkit.js';
import { workspace } from './workspaces.testkit.js';

const BESIDE = 'beside';
const LONGEST_MS = 400_000;
const silent = (): void => undefined;
const berth = withBerth();
const platform = () => berth.kubectl.in(PLATFORM_NAMESPACE);

afterAll(() => down(BESIDE, silent), LONGEST_MS);

const GOOD_IMAGE = { repository: 'registry.example:5000/berth/platform', digest: `sha256:${'0'.repeat(64)}` };

/** What `helm template` or `helm lint` says of the chart with these values. */
async function helmWith(values: object, ...args: readonly string[]): Promise<string> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'berth-values-'));
  try {
    const file = path.join(scratch, 'values.json');
    await writeFile(file, JSON.stringify(values));
    return await (await helmOf(TEST_CLUSTER)).run([...args, CHART, '--values', file]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

berth.test('helm finds nothing to object to', async () => {
  expect(await helmWith({ image: GOOD_IMAGE }, 'lint', '--strict')).toMatch(/1 chart\(s\) linted, 0 chart\(s\) failed/);
});

const REFUSED: readonly { values: object; wantSaid: RegExp }[] = [
  { values: { image: {} }, wantSaid: /'\/image': missing properties 'repository', 'digest'/ },
  { values: { imgae: GOOD_IMAGE }, wantSaid: /additional properties 'imgae' not allowed/ },
  { values: { image: { ...GOOD_IMAGE, tag: '1.0' } }, wantSaid: /'\/image': additional properties 'tag' not allowed/ },
  { values: { image: { ...GOOD_IMAGE, repository: 'registry.example/berth:1' } }, wantSaid: /'\/image\/repository'/ },
  { values: { image: { ...GOOD_IMAGE, digest: 'sha256:0' } }, wantSaid: /'\/image\/digest'/ },
  { values: { replicas: 0 }, wantSaid: /'\/replicas': minimum: got 0, want 1/ },
  { values: { logLevel: 'loud' }, wantSaid: /'\/logLevel': value must be one of 'debug', 'info', 'warn', 'error'/ },
  { values: { workspace: { uid: 0 } }, wantSaid: /'\/workspace\/uid': minimum: got 0, want 1/ },
  { values: { catalogueNamespace: 'a/b' }, wantSaid: /'\/catalogueNamespace'/ },
  { values: { resources: { requests: { cpu: 'much' } } }, wantSaid: /'\/resources\/requests\/cpu'/ },
  {
    values: { idle: { workspace: { hardSecond: 60 } } },
    wantSaid: /'\/idle\/workspace': additional properties 'hardSecond'/
  },
  { values: { idle: { warnSeconds: -1 } }, wantSaid: /'\/idle\/warnSeconds': minimum: got -1, want 0/ },
  { values: { agentKeySecret: 'A Secret' }, wantSaid: /'\/agentKeySecret'/ },
  { values: { apiServer: { cidrs: [], ports: [443] } }, wantSaid: /'\/apiServer\/cidrs': minItems: got 0, want 1/ }
];

berth.test('values that are unknown or wrong are refused, and which ones is said', async () => {
  for (const { values, wantSaid } of REFUSED) {
    await expect(helmWith({ image: GOOD_IMAGE, ...values }, 'template')).rejects.toThrow(wantSaid);
  }
  const old = helmWith({ image: GOOD_IMAGE }, 'template', '--kube-version', '1.35.9');
  await expect(old).rejects.toThrow(/chart requires kubeVersion: >=1.36/);
});

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Verbs by resource, beyond what anybody may who is logged in; with a name where a rule binds one. */
async function rightsOf(who: Kubectl, namespace: string): Promise<Record<string, string>> {
  const spec = { namespace };
  const review = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec });
  const url = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const answer = await who.run(['create', '--raw', url, '-f', '-'], review);
  const { status } = JSON.parse(answer) as { status: { resourceRules: readonly Rule[] } };
  const rights = new Map<string, Set<string>>();
  for (const { verbs, apiGroups, resources, resourceNames = [''] } of status.resourceRules) {
    const targets = apiGroups.flatMap(group =>
      resources.map(resource => (group === '' ? resource : `${resource}.${group}`))
    );
    for (const target of targets.flatMap(each => resourceNames.map(name => (name === '' ? each : `${each}/${name}`)))) {
      rights.set(target, new Set([...(rights.get(target) ?? []), ...verbs]));
    }
  }
  return Object.fromEntries([...rights].map(([target, verbs]) => [target, [...verbs].sort().join(' ')]));
}

/** What everybody may who is logged in. */
const ANYBODY = {
  'computeclasses.berth.dev': 'get list use watch',
  'selfsubjectaccessreviews.authorization.k8s.io': 'create',
  'selfsubjectrulesreviews.authorization.k8s.io': 'create',
  'selfsubjectreviews.authentication.k8s.io': 'create'
};

berth.test('the operator may do what it does, and nothing else', async () => {
  const everywhere = {
    ...ANYBODY,
    'workspaces.berth.dev': 'get list patch watch',
    'workspaces/status.berth.dev': 'patch',
    'environments.berth.dev': 'list watch',
    pods: 'create delete get list watch',
    services: 'create delete get list patch watch',
    serviceaccounts: 'create delete get list patch watch',
    'networkpolicies.networking.k8s.io': 'create delete get list patch watch',
    persistentvolumeclaims: 'create get list patch watch',
    secrets: 'create',
    nodes: 'list watch',
    namespaces: 'list watch',
    'events.events.k8s.io': 'create',
    'subjectaccessreviews.authorization.k8s.io': 'create'
  };
  expect(await rightsOf(berth.operator, berth.namespace)).toEqual(everywhere);
  expect(await rightsOf(berth.operator, PLATFORM_NAMESPACE)).toEqual({
    ...everywhere,
    // Of the catalogue, as everybody.
    'environments.berth.dev': 'get list watch',
    'leases.coordination.k8s.io': 'create',
    'leases.coordination.k8s.io/berth-operator': 'get update'
  });
});

berth.test('people may do with workspaces what their role in the namespace says', async () => {
  const ours = async (who: Kubectl, namespace = berth.namespace) =>
    Object.fromEntries(
      Object.entries(await rightsOf(who, namespace)).filter(([target]) => target.includes('berth.dev'))
    );
  const classes = { 'computeclasses.berth.dev': 'get list use watch' };
  const read = 'get list watch';
  const write = 'create delete deletecollection get list patch update watch';
  expect(await ours(await berth.person('vera', { role: 'view' }))).toEqual({
    ...classes,
    'workspaces.berth.dev': read,
    'environments.berth.dev': read
  });
  for (const role of ['edit', 'admin']) {
    const person = await berth.person(`a-${role}`, { role });
    expect(await ours(person)).toEqual({ ...classes, 'workspaces.berth.dev': write, 'environments.berth.dev': write });
    expect(await ours(person, PLATFORM_NAMESPACE)).toEqual({ ...classes, 'environments.berth.dev': read });
    expect(await ours(person, 'default')).toEqual(classes);
  }
});

type OperatorPod = Conditioned & { readonly metadata: { readonly name: string; readonly deletionTimestamp?: string } };

berth.test('two operators run, are well, tell their figures, and one of them leads', async () => {
  const text = await platform().run(['get', 'pods', '-l', 'app.kubernetes.io/component=operator', '-o', 'json']);
  const { items } = JSON.parse(text) as { items: OperatorPod[] };
  const running = items.filter(each => isReady(each) && each.metadata.deletionTimestamp === undefined);
  expect(running).toHaveLength(2);
  for (const { status } of running) {
    const ask = (where: string) => fetch(`http://${status?.podIP}:8081${where}`);
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(200);
    expect(await (await ask('/metrics')).text()).toMatch(/^berth_operator_/m);
    expect((await ask('/')).status).toBe(404);
  }
  await berth.until('one of them leads', async () => {
    const lease = await platform().get<{ spec: { holderIdentity?: string } }>('lease', 'berth-operator');
    return running.some(({ metadata }) => lease?.spec.holderIdentity?.startsWith(metadata.name) === true);
  });
});

berth.test('the operator’s pods pass Pod Security restricted', async () => {
  const label = 'pod-security.kubernetes.io/enforce=restricted';
  const dryRun = ['label', '--dry-run=server', '--overwrite', 'namespace', PLATFORM_NAMESPACE, label];
  expect(await berth.kubectl.try(dryRun)).toMatchObject({ code: 0, stderr: '' });
});

berth.test('the operator reaches the API server and nobody else', async () => {
  const serve = ['/bin/sh', '-c', 'busybox httpd -f -p 8080 -h /tmp'];
  await berth.kubectl.apply([pod('open', { command: serve }), pod('client', { command: FOREVER })]);
  const { status } = await berth.kubectl.until<Conditioned>('it listens', ['pod', 'open'], isReady);
  await berth.kubectl.until<Conditioned>('another pod runs', ['pod', 'client'], isReady);
  const ask = `busybox timeout 3 busybox wget -qO- http://${status?.podIP}:8080 2>&1 || true`;
  await berth.until('another pod reaches it', async () =>
    (await berth.kubectl.run(['exec', 'client', '--', '/bin/sh', '-c', ask])).includes('404')
  );
  const reach = (host: string, port: string) => {
    const code = [
      `const socket = require('node:net').connect(${port}, '${host}');`,
      `const say = word => { console.log(word); process.exit(); };`,
      `socket.once('connect', () => say('open')).once('error', () => say('shut')).setTimeout(2000, () => say('shut'));`
    ].join(' ');
    return platform().run(['exec', 'deployment/berth-operator', '--', 'node', '-e', code]);
  };
  expect(await reach('kubernetes.default.svc', '443')).toBe('open\n');
  expect(await reach(status?.podIP ?? '', '8080')).toBe('shut\n');
});

berth.test('the policies fit the resources that they are for', async () => {
  type Checked = { status?: { typeChecking?: { expressionWarnings?: readonly object[] } } };
  const names = (await berth.kubectl.run(['get', 'validatingadmissionpolicy', '-o', 'name'])).split('\n');
  const ours = names.map(name => name.replace(/^.*\//, '')).filter(name => name.startsWith('berth-'));
  expect(ours).toEqual([
    'berth-bound-operator',
    'berth-bound-operator-networkpolicies',
    'berth-bound-operator-pods',
    'berth-bound-operator-secrets',
    'berth-bound-operator-services',
    'berth-bound-operator-workspaces',
    'berth-guard-author'
  ]);
  for (const name of ours) {
    const { status } = await berth.kubectl.until<Checked>(
      'the policy is checked',
      ['validatingadmissionpolicy', name],
      policy => policy.status?.typeChecking !== undefined
    );
    expect({ name, ...status?.typeChecking }).toEqual({ name });
  }
});

berth.test('what a person adds to the account of a workspace stays, such as the secret of a registry', async () => {
  type Account = { imagePullSecrets?: readonly object[]; automountServiceAccountToken?: boolean };
  const ada = await berth.person('ada');
  await ada.run(['create', '-f', '-'], JSON.stringify(workspace('lab')));
  const account = ['serviceaccount', 'ws-lab'] as const;
  await ada.until('the operator has made it', account, () => true);
  const added = { imagePullSecrets: [{ name: 'registry' }], automountServiceAccountToken: true };
  await ada.run(['patch', ...account, '--type=merge', '-p', JSON.stringify(added)]);
  const isMended = ({ automountServiceAccountToken }: Account) => automountServiceAccountToken === false;
  const { imagePullSecrets } = await ada.until<Account>('the operator has written it again', account, isMended);
  expect(imagePullSecrets).toEqual([{ name: 'registry' }]);
});

berth.test(
  'an upgrade keeps what people have made; so does the end of the chart, and its guards stay',
  async () => {
    await down(BESIDE, silent);
    await up({ name: BESIDE, profile: 'api' }, silent);
    const kubectl = kubectlOf(BESIDE, await ensureBinaries(silent)).in('default');
    const helm = await helmOf(BESIDE);
    const uids = async () => {
      const made = ['crd/workspaces.berth.dev', 'workspace/kept', '-o', 'jsonpath={.items[*].metadata.uid}'];
      const key = ['secret', 'berth-operator-agent', '-o', 'jsonpath={.data.key}'];
      // With another key the agents of all workspaces that are there would be strangers.
      const agentKey = await kubectl.in(PLATFORM_NAMESPACE).run(['get', ...key]);
      return `${await kubectl.run(['get', ...made])} ${agentKey}`;
    };
    await applyChart(helm, { image: GOOD_IMAGE });
    await untilPoliciesAreInForce(kubectl);
    await kubectl.run(['create', '-f', '-'], JSON.stringify(workspace('kept')));
    const before = await uids();
    expect(before).toMatch(/^\S{36} \S{36} \S{88}$/);

    await applyChart(helm, { image: GOOD_IMAGE, logLevel: 'debug' }, { version: '0.2.0' });
    expect(await helm.state(RELEASE, PLATFORM_NAMESPACE)).toMatchObject({ status: 'deployed', revision: 2 });
    expect(await uids()).toBe(before);

    await helm.run(['uninstall', RELEASE, '--namespace', PLATFORM_NAMESPACE]);
    expect(await uids()).toBe(before);
    expect(await kubectl.in(PLATFORM_NAMESPACE).get('deployment', 'berth-operator')).toBeUndefined();
    expect(await kubectl.get('validatingadmissionpolicy', 'berth-bound-operator')).toBeUndefined();
    const forge = ['annotate', '--overwrite', 'workspace', 'kept', 'berth.dev/author=somebody'];
    expect((await kubectl.try(forge)).stderr).toMatch(/berth-guard-author/);

    await applyChart(helm, { image: GOOD_IMAGE });
    expect(await uids()).toBe(before);
  },
  LONGEST_MS
);
