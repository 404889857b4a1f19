/** A test cluster comes up, is looked at, and goes without a trace. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../../scripts/wait-until.ts';
import { ensureManifests, imagesOf, installAddOns } from './add-ons.ts';
import { ensureBinaries } from './binaries/build.ts';
import {
  giveImages,
  type Say,
  type Site,
  startComponents,
  startControlPlane,
  startNode,
  step,
  writeConfig
} from './bring-up.ts';
import { makeCgroups, removeCgroups } from './cgroups.ts';
import type { Places } from './components.ts';
import { exclusively } from './exclusively.ts';
import { buildImages } from './images/images.ts';
import { Kubectl } from './kubectl.ts';
import { kwokNodes } from './kwok-nodes.ts';
import { Machine, type Process, untilDisconnected } from './machine.ts';
import { makePki, writeKubeconfigs } from './pki.ts';
import { loadBridgeRules, missingPrerequisites } from './prerequisites.ts';
import { isReady } from './ready.ts';
import { type ClusterSpec, includes, type Profile } from './spec.ts';
import { cgroupOf, CLUSTERS, folderOf, readSpec, settle, type Wish } from './state.ts';

export interface Status {
  readonly name: string;
  readonly phase: 'down' | 'up' | 'damaged';
  readonly profile?: Profile;
  readonly kwok?: number;
  readonly server?: string;
  readonly kubeconfig?: string;
  readonly processes: readonly Process[];
}

const LAST_WORDS = 5;

/** Brings a cluster to what is wished: makes it, mends it, adds to it; a second time does nothing. Throws saying what is missing. */
export function up(wish: Wish, say: Say): Promise<Status> {
  return exclusively(path.join(CLUSTERS, `${wish.name}.lock`), () => bringUp(wish, say));
}

async function bringUp(wish: Wish, say: Say): Promise<Status> {
  const complaints = await missingPrerequisites(wish.profile);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  if (includes(wish.profile, 'node')) await loadBridgeRules();
  const bin = await step('programs', say, () => ensureBinaries(line => say(`  ${line}`)));
  const manifests = await step('manifests', say, () => ensureManifests(bin));
  const spec = await settle(wish);
  const folder = folderOf(spec.name);
  const places = placesOf(spec.name, bin, manifests);
  const images = await step('images', say, () =>
    buildImages(imagesOf(spec.profile), { binaries: bin, onProgress: line => say(`  ${line}`) })
  );
  await step('certificates', say, async () => {
    await makePki(spec, folder);
    await writeKubeconfigs(spec, folder);
  });
  const machine = await step('namespaces', say, () => machineOf(spec));
  await writeConfig(spec, places);
  const site = { spec, places, machine };
  await startControlPlane(site, say);
  const isNode = includes(spec.profile, 'node');
  // Both have ended, well or not, before anybody else may touch what they write to.
  const outcomes = await Promise.allSettled([
    isNode ? giveImages(site, images.values(), say) : undefined,
    installAll(site, kubectlOf(spec.name, bin), say)
  ]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  await waitUntil('the API server answers still', 60_000, () => isReady(spec, folder));
  return requireWhole(await status(spec.name));
}

async function installAll(site: Site, kubectl: Kubectl, say: Say): Promise<void> {
  const { spec, places } = site;
  if (includes(spec.profile, 'node')) await startNode(site, kubectl, say);
  if (spec.kwok > 0) {
    await step(`${spec.kwok} simulated nodes`, say, async () => {
      await startComponents(site, ['kwok']);
      await kubectl.apply(kwokNodes(spec.kwok));
    });
  }
  await installAddOns(spec.profile, places.manifests, kubectl, (name, install) => step(name, say, install));
}

function placesOf(name: string, bin: string, manifests: string): Places {
  return {
    folder: folderOf(name),
    bin,
    manifests,
    nodeProgram: process.execPath,
    enforcer: path.join(import.meta.dirname, 'network-policy', 'enforcer.ts')
  };
}

/** Where the processes of a cluster run; undefined where its namespaces have ended. */
async function machineThere(spec: ClusterSpec | undefined, name: string): Promise<Machine | undefined> {
  return spec?.block === undefined ? Machine.shared(folderOf(name)) : Machine.found(folderOf(name));
}

function removeRemoved(name: string): Promise<void> {
  return rm(path.join(CLUSTERS, `.${name}.removed`), { recursive: true, force: true, maxRetries: 5 });
}

/** A process that has ended since it was started is said with its last words, while they are there. */
async function requireWhole(state: Status): Promise<Status> {
  if (state.phase === 'up') return state;
  const ended = state.processes.filter(({ running: runs }) => !runs).map(({ name }) => name);
  const words = await Promise.all(
    ended.map(async name => {
      const log = await readFile(path.join(folderOf(state.name), 'logs', `${name}.log`), 'utf8');
      return `${name} has ended:\n${log.trim().split('\n').slice(-LAST_WORDS).join('\n')}`;
    })
  );
  throw new Error(words.join('\n') || 'the API server does not answer');
}

/** Ends everything that runs and removes everything but what the cache keeps for other clusters. Nothing to do is no error. */
export function down(name: string, say: Say): Promise<void> {
  return exclusively(path.join(CLUSTERS, `${name}.lock`), () => bringDown(name, say));
}

async function bringDown(name: string, say: Say): Promise<void> {
  await removeRemoved(name);
  const folder = folderOf(name);
  if (!existsSync(folder)) return say(`there is no cluster ${name}`);
  const spec = await readSpec(name);
  await step('processes', say, async () => {
    await (await machineThere(spec, name))?.destroy();
    if (spec?.block !== undefined) await untilDisconnected(spec.block);
  });
  if (spec?.block !== undefined) await step('cgroups', say, () => removeCgroups(cgroupOf(spec)));
  await step('files', say, async () => {
    // Under another name at once, so that half a state is never taken for one.
    await rename(folder, path.join(CLUSTERS, `.${name}.removed`));
    await removeRemoved(name);
  });
}

export async function status(name: string): Promise<Status> {
  const spec = await readSpec(name);
  if (spec === undefined) return { name, phase: 'down', processes: [] };
  const folder = folderOf(name);
  const machine = await machineThere(spec, name);
  const processes = (await machine?.processes()) ?? [];
  const isWhole = processes.length > 0 && processes.every(({ running }) => running) && (await isReady(spec, folder));
  const { profile, kwok, addresses } = spec;
  return {
    name,
    phase: isWhole ? 'up' : 'damaged',
    profile,
    kwok,
    server: `https://${addresses.node}:${addresses.apiPort}`,
    kubeconfig: path.join(folder, 'admin.kubeconfig'),
    processes
  };
}

/** kubectl as the administrator of a cluster. */
export function kubectlOf(name: string, bin: string): Kubectl {
  return new Kubectl(path.join(bin, 'kubectl'), path.join(folderOf(name), 'admin.kubeconfig'));
}

/** Starts a process of a cluster again as `up` has started it. Throws where there is no such cluster or process. */
export async function restart(name: string, component: string): Promise<void> {
  await startComponents(await running(name), [component]);
}

/** The parts of a cluster that runs, for fault tools. Throws where it does not. */
export async function running(name: string): Promise<Site> {
  const spec = await readSpec(name);
  const machine = await machineThere(spec, name);
  if (spec === undefined || machine === undefined)
    throw new Error(`cluster ${name} does not run: npm run cluster -- up`);
  const bin = await ensureBinaries(() => undefined);
  return { spec, machine, places: placesOf(name, bin, await ensureManifests(bin)) };
}

/** Where the processes of a cluster are to run, made where it is not there. */
async function machineOf(spec: ClusterSpec): Promise<Machine> {
  const folder = folderOf(spec.name);
  if (spec.block === undefined) return Machine.shared(folder);
  await makeCgroups(cgroupOf(spec));
  return Machine.own(folder, spec.block);
}
