/** What is installed into a cluster that runs: volumes and devices on a node; Kueue, JobSet, Trainer and KubeRay for queues. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../../scripts/wait-until.ts';
import { requireGo } from './binaries/build.ts';
import type { ImageName } from './images/images.ts';
import type { Kubectl } from './kubectl.ts';
import { madeOnce } from './made-once.ts';
import { renderManifests } from './manifests/render.ts';
import { includes, type Profile } from './spec.ts';

const VOLUMES = '/var/lib/berth-volumes';

interface AddOn {
  /** Of its manifest. */
  readonly name: string;
  readonly profile: Profile;
  /** What must have rolled out: a namespace and a workload in it. */
  readonly workload: readonly [namespace: string, workload: string];
  /** API services that it serves. */
  readonly apiService?: string;
}

/** Kueue last: its webhook for pods refuses until it runs, so a pod that is made after it would wait for it. */
const ADD_ONS: readonly AddOn[] = [
  { name: 'local-path', profile: 'node', workload: ['local-path-storage', 'deployment/local-path-provisioner'] },
  { name: 'dra-example-driver', profile: 'node', workload: ['dra-example-driver', 'daemonset/dra-example-driver'] },
  { name: 'jobset', profile: 'queue', workload: ['jobset-system', 'deployment/jobset-controller-manager'] },
  {
    name: 'trainer',
    profile: 'queue',
    workload: ['kubeflow-system', 'deployment/kubeflow-trainer-controller-manager']
  },
  { name: 'kuberay', profile: 'queue', workload: ['kuberay-system', 'deployment/kuberay-operator'] },
  {
    name: 'kueue',
    profile: 'queue',
    workload: ['kueue-system', 'deployment/kueue-controller-manager'],
    apiService: 'v1beta2.visibility.kueue.x-k8s.io'
  }
];

/** Images that a cluster of this profile is given, in the order in which they are wanted: first those of the add-ons. */
export function imagesOf(profile: Profile): ImageName[] {
  if (!includes(profile, 'node')) return [];
  const node: ImageName[] = ['pause', 'local-path-provisioner', 'dra-example-driver'];
  if (!includes(profile, 'queue')) return [...node, 'base'];
  return [...node, 'jobset', 'trainer', 'kuberay', 'kueue', 'base', 'platform', 'training', 'ray'];
}

/** Applies every manifest of the profile, then waits until all that they hold is available. `step` names each one as it is done. */
export async function installAddOns(
  profile: Profile,
  manifests: string,
  kubectl: Kubectl,
  step: (name: string, install: () => Promise<void>) => Promise<void>
): Promise<void> {
  const wanted = ADD_ONS.filter(addOn => includes(profile, addOn.profile));
  const [others, last] = [wanted.filter(({ name }) => name !== 'kueue'), wanted.filter(({ name }) => name === 'kueue')];
  for (const together of [others, last]) {
    await Promise.all(together.map(({ name }) => step(`${name} applied`, () => applyFile(manifests, name, kubectl))));
  }
  for (const { name, workload, apiService } of wanted) {
    await step(`${name} runs`, async () => {
      const [namespace, of] = workload;
      await kubectl.in(namespace).run(['rollout', 'status', of, '--timeout=180s']);
      if (apiService !== undefined) {
        await kubectl.run(['wait', '--for=condition=Available', `apiservice/${apiService}`, '--timeout=120s']);
      }
    });
  }
}

/** After a restart, webhooks of what was installed before refuse until their pods run again. */
async function applyFile(manifests: string, name: string, kubectl: Kubectl): Promise<void> {
  const manifest = await readFile(path.join(manifests, `${name}.yaml`), 'utf8');
  await waitUntil(`webhooks let ${name} be applied`, 120_000, async () => {
    try {
      await kubectl.apply(manifest);
      return true;
    } catch (error) {
      if (/failed calling webhook/.test(String(error))) return false;
      throw error;
    }
  });
}

/** The folder of rendered manifests: rendered once for each state of ours and of the modules. `bin`: the programs. */
export async function ensureManifests(bin: string): Promise<string> {
  const folder = path.join(import.meta.dirname, 'manifests');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async file => [path.relative(folder, file), await readFile(file, 'utf8')])
  );
  return madeOnce('manifests', [path.basename(bin), VOLUMES, texts], async out => {
    await requireGo();
    await renderManifests({ kubectl: path.join(bin, 'kubectl'), out, volumeFolder: VOLUMES });
  });
}
