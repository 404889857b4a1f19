/** What is kept of each cluster: a folder, and in it what the cluster was made as. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cache-folder.ts';
import { freePort } from '../../scripts/free-port.ts';
import { exclusively } from './exclusively.ts';
import { quietly } from './quietly.ts';
import {
  blocksInRoutes,
  type ClusterSpec,
  freeBlock,
  includes,
  loopbackAddresses,
  ownAddresses,
  type Profile
} from './spec.ts';

export interface Wish {
  readonly name: string;
  readonly profile: Profile;
  /** Simulated GPU nodes, at least; those that are there stay. */
  readonly kwok?: number;
}

/** States of clusters; names with a dot are not theirs. */
export const CLUSTERS = path.join(cacheFolder(), 'clusters');
export const folderOf = (name: string): string => path.join(CLUSTERS, name);
/** By its network, for that is taken only once on a machine: another person's cluster may have the same name. */
export const cgroupOf = ({ block = 0 }: ClusterSpec): string => `berth-${block}`;

/** Names of the clusters that have a state on this machine. */
export async function clusterNames(): Promise<string[]> {
  const entries = await readdir(CLUSTERS, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort();
}

/** What a cluster was made as; undefined where there is none. */
export async function readSpec(name: string): Promise<ClusterSpec | undefined> {
  const text = await readFile(path.join(folderOf(name), 'cluster.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterSpec);
}

/**
 * What the cluster is to be: what was wished and what it already is, kept under its folder. One at a time, for all clusters: two
 * would take the same network. Throws where it cannot become that.
 */
export function settle(wish: Wish): Promise<ClusterSpec> {
  return exclusively(path.join(CLUSTERS, '.settle.lock'), () => settleAlone(wish));
}

async function settleAlone(wish: Wish): Promise<ClusterSpec> {
  const before = await readSpec(wish.name);
  if (before !== undefined && (before.profile === 'api') !== (wish.profile === 'api')) {
    throw new Error(
      `cluster ${wish.name} has profile ${before.profile} and cannot become ${wish.profile}: end it first, or give another name`
    );
  }
  const profile = before !== undefined && includes(before.profile, wish.profile) ? before.profile : wish.profile;
  const kwok = Math.max(wish.kwok ?? 0, before?.kwok ?? 0);
  const place = before ?? (await newPlace(wish.profile));
  const spec: ClusterSpec = { ...place, name: wish.name, profile, kwok };
  const folder = folderOf(wish.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, 'cluster.json.part'), JSON.stringify(spec));
  await rename(path.join(folder, 'cluster.json.part'), path.join(folder, 'cluster.json'));
  return spec;
}

async function newPlace(profile: Profile): Promise<Pick<ClusterSpec, 'block' | 'addresses'>> {
  if (profile === 'api') {
    const ports = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort()
    ];
    return { addresses: loopbackAddresses(ports as [number, number, number, number, number, number]) };
  }
  const taken = blocksInRoutes(await quietly('ip', ['-4', 'route']));
  for (const name of await clusterNames()) taken.add((await readSpec(name))?.block ?? 0);
  const block = freeBlock(taken);
  return { block, addresses: ownAddresses(block) };
}
