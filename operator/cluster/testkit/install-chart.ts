/**
 * Installs the chart on a test cluster as a platform team does: packed, with values, by helm. What is installed already is left alone;
 * another chart, image or value is an upgrade.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../../scripts/command.ts';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ensureBinaries, ensureHelm } from '../binaries/build.ts';
import { giveImages } from '../bring-up.ts';
import { kubectlOf, running } from '../cluster.ts';
import { CONTAINERD_SOCKET } from '../components.ts';
import { exclusively } from '../exclusively.ts';
import { buildImages, type ImageName } from '../images/images.ts';
import type { Kubectl } from '../kubectl.ts';
import { quietly } from '../quietly.ts';
import { CLUSTERS, folderOf } from '../state.ts';
import { Helm } from './helm.ts';

export const CHART = path.join(ROOT, 'operator', 'chart');
export const RELEASE = 'berth';
export const PLATFORM_NAMESPACE = 'berth-system';
export const OPERATOR = `system:serviceaccount:${PLATFORM_NAMESPACE}:berth-operator`;
const LONGEST_ROLLOUT_MS = 180_000;
const silent = (): void => undefined;

/**
 * Gives a cluster's node one of our images and says its name by digest, which is how Environments and the chart name images.
 * @throws Error if the cluster does not run, or the image cannot be made
 */
export async function imageByDigest(cluster: string, name: ImageName): Promise<string> {
  const site = await running(cluster);
  const image = (await buildImages([name], { binaries: site.places.bin })).get(name);
  if (image === undefined) throw new Error(`there is no image ${name}`);
  await giveImages(site, [image], silent);
  const byDigest = `${image.name.replace(/:[^:/]*$/, '')}@${image.digest}`;
  const ctr = [`${site.places.bin}/ctr`, `--address=${CONTAINERD_SOCKET}`, '--namespace=k8s.io'];
  const [command = '', ...first] = site.machine.inside(ctr);
  await quietly(command, [...first, 'images', 'tag', '--force', image.name, byDigest]);
  return byDigest;
}

/**
 * Installs or upgrades where something has changed, and returns once the operator runs and the policies are in force. `more` are values beside those
 * that every test has.
 */
export function installChart(cluster: string, more: object = {}): Promise<void> {
  return exclusively(path.join(CLUSTERS, `${cluster}.chart.lock`), async () => {
    const kubectl = kubectlOf(cluster, await ensureBinaries(silent));
    const helm = await helmOf(cluster);
    const values = { ...(await testValues(cluster)), ...more };
    const fingerprint = await fingerprintOf(values);
    const before = await helm.state(RELEASE, PLATFORM_NAMESPACE);
    if (before?.description !== fingerprint || before.status !== 'deployed') {
      // What a killed helm leaves behind is neither upgraded nor rolled back by the next one.
      if (before?.status.startsWith('pending') === true)
        await helm.run(['uninstall', RELEASE, '--namespace', PLATFORM_NAMESPACE]);
      await applyChart(helm, values, { description: fingerprint });
    }
    const timeout = `--timeout=${LONGEST_ROLLOUT_MS / 1000}s`;
    await kubectl.in(PLATFORM_NAMESPACE).run(['rollout', 'status', 'deployment/berth-operator', timeout]);
    await untilPoliciesAreInForce(kubectl);
  });
}

export async function helmOf(cluster: string): Promise<Helm> {
  const { kubeconfig } = kubectlOf(cluster, await ensureBinaries(silent));
  return new Helm(await ensureHelm(silent), kubeconfig, path.join(folderOf(cluster), 'helm'));
}

/** `Never`: there is no registry. */
async function testValues(cluster: string): Promise<object> {
  const [repository, digest] = (await imageByDigest(cluster, 'platform')).split('@');
  return {
    image: { repository, digest, pullPolicy: 'Never' },
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '512Mi' } }
  };
}

/** Packs the chart and installs it, or upgrades what is installed; waits for nothing. */
export async function applyChart(
  helm: Helm,
  values: object,
  { version, description = '' }: { readonly version?: string; readonly description?: string } = {}
): Promise<void> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'berth-chart-'));
  try {
    const file = path.join(scratch, 'values.json');
    await writeFile(file, JSON.stringify(values));
    const archive = await helm.package(CHART, scratch, version);
    const where = ['--namespace', PLATFORM_NAMESPACE, '--create-namespace'];
    await helm.run([
      'upgrade',
      '--install',
      RELEASE,
      archive,
      ...where,
      '--values',
      file,
      '--description',
      description
    ]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fingerprintOf(values: object): Promise<string> {
  const entries = await readdir(CHART, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const file of files.sort()) hash.update(path.relative(CHART, file)).update(await readFile(file));
  return hash.digest('hex');
}

/**
 * The API server needs some seconds until it knows a new resource well enough to apply policies to it, and refuses until then. They
 * are in force once what is left out is written, and what is wrong is refused.
 */
export async function untilPoliciesAreInForce(kubectl: Kubectl): Promise<void> {
  const inPlatform = kubectl.in(PLATFORM_NAMESPACE);
  const tryOut = (annotations: object) =>
    inPlatform.try(['create', '--dry-run=server', '-o', 'name', '-f', '-'], JSON.stringify(probe(annotations)));
  await waitUntil('the policies are in force', 60_000, async () => {
    const [rightly, wrongly] = [await tryOut({}), await tryOut({ 'berth.dev/author': 'nobody' })];
    return rightly.code === 0 && wrongly.stderr.includes('berth-guard-author');
  });
}

function probe(annotations: object): object {
  return {
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name: 'probe', annotations },
    spec: { environment: { name: 'none' } }
  };
}
