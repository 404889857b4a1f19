/**
 * Brings an image into a containerd. One whose layers are all packed is imported as any other. A layer that is a tree has no tar to
 * unpack: its snapshot is made here, of hard links, and containerd finds it under the name that it would have given it. The
 * content store lacks that layer then, as it does wherever unpacked layers are discarded.
 */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { BuiltImage } from './images.ts';
import type { Layer } from './layer.ts';
import { quietly } from '../quietly.ts';

/** The names of an image's snapshots, from the lowest, by the digests of its layers (OCI: the chain ids). */
export function snapshotNames(digests: readonly string[]): string[] {
  const names: string[] = [];
  for (const digest of digests) {
    const below = names.at(-1);
    const chain = `${below} ${digest}`;
    names.push(below === undefined ? digest : `sha256:${createHash('sha256').update(chain).digest('hex')}`);
  }
  return names;
}

/** The folder that a snapshot's files go into, from what `ctr snapshots mounts` says of it. @throws Error if it says no folder */
export function writableFolder(mount: string): string {
  const found = /\bupperdir=([^,\s]+)/.exec(mount)?.[1] ?? /^mount -t bind (\S+) /m.exec(mount)?.[1];
  if (found === undefined) throw new Error(`no folder of a snapshot in '${mount.trim()}'`);
  return found;
}

export interface Containerd {
  /** The command that reaches it and its namespace: `['ctr', '-a', SOCKET, '-n', 'k8s.io']`. */
  readonly ctr: readonly string[];
  /**
   * Where a folder of its root is for us, if it runs among other mounts. The snapshots are filled from here, because
   * there are no links from one mount to another, even of the same file system.
   */
  readonly seenFromHere?: (folder: string) => string;
}

/** @throws Error if an image has a tree and containerd's root is on another file system than the cache */
export async function importImage(
  { ctr, seenFromHere = folder => folder }: Containerd,
  image: BuiltImage
): Promise<void> {
  const [command = '', ...first] = ctr;
  const call = (...args: string[]): Promise<string> => quietly(command, [...first, ...args]);
  const isPacked = image.layers.every(layer => layer.form === 'tar');
  await call('images', 'import', ...(isPacked ? [] : ['--no-unpack']), image.archive);
  if (isPacked) return;
  const names = snapshotNames(image.layers.map(layer => layer.digest));
  for (const [index, layer] of image.layers.entries()) {
    await makeSnapshot(call, names[index] ?? '', names[index - 1], folder => fill(seenFromHere(folder), layer));
  }
}

type Call = (...args: string[]) => Promise<string>;

async function makeSnapshot(
  call: Call,
  name: string,
  below: string | undefined,
  fillFolder: (folder: string) => Promise<void>
): Promise<void> {
  const isThere = (): Promise<boolean> => call('snapshots', 'info', name).then(Boolean, () => false);
  if (await isThere()) return;
  const key = `berth-${process.pid}-${name}`;
  await call('snapshots', 'prepare', key, ...(below === undefined ? [] : [below]));
  try {
    await fillFolder(writableFolder(await call('snapshots', 'mounts', '/mnt', key)));
    await call('snapshots', 'commit', name, key);
  } catch (error: unknown) {
    await call('snapshots', 'rm', key);
    if (!(await isThere())) throw error; // else another import made it meanwhile
  }
}

async function fill(folder: string, layer: Layer): Promise<void> {
  if (layer.form === 'tar') await quietly('tar', ['-C', folder, '--numeric-owner', '-xf', layer.path]);
  else await quietly('cp', ['-al', `${await realpath(layer.path)}${path.sep}.`, folder]);
}
