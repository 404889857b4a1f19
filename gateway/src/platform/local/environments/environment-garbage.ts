/** Looks which folders of environments nobody will miss, and deletes them; what is garbage is decided by `planGarbage`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type GarbageFolder, type GarbagePolicy, type ObservedFolder, planGarbage } from '@berth/operator/plan';
import type { Garbage } from '../../../contract/index.js';
import { readJsonFile } from '../../../store/index.js';
import type { Entry } from './environment-entry.js';
import {
  EnvironmentManifest,
  folderParts,
  isBeingMade,
  lastUsedMs,
  MANIFEST_FILE,
  removeUnless
} from './environment-folder.js';
import type { EnvironmentUses } from './environment-uses.js';

export interface GarbageOptions {
  /** The folder of the environments' folders. */
  readonly parent: string;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly uses: EnvironmentUses;
  readonly clock: () => Date;
}

type GarbageView = Garbage['folders'][number];

/** A folder as it was seen, and what to tell people of it. */
interface Seen {
  readonly observed: ObservedFolder;
  readonly name: string;
  readonly hash: string;
  readonly sizeBytes: number | null;
}

export async function listGarbage(options: GarbageOptions, policy: GarbagePolicy): Promise<Garbage> {
  const seen = await observe(options);
  const plan = planOf(seen, policy, options);
  return { folders: plan.flatMap(each => viewOf(seen, each)) };
}

/** Deletes the garbage; what somebody has begun to use meanwhile stays. Answers with what is gone. */
export async function collectGarbage(options: GarbageOptions, policy: GarbagePolicy): Promise<Garbage> {
  const seen = await observe(options);
  const folders: GarbageView[] = [];
  for (const garbage of planOf(seen, policy, options)) {
    const path = join(options.parent, garbage.id);
    const before = await lastUsedMs(path);
    // Once it is out of sight nobody can begin any more: whoever did so just before is seen now.
    const isUsed = async (away: string): Promise<boolean> =>
      (await lastUsedMs(away)) !== before || (await usesOf(options, garbage.id, true)).length > 0;
    if (await removeUnless(isUsed, path)) folders.push(...viewOf(seen, garbage));
  }
  return { folders };
}

function planOf(seen: readonly Seen[], policy: GarbagePolicy, { clock }: GarbageOptions): readonly GarbageFolder[] {
  return planGarbage(
    seen.map(({ observed }) => observed),
    policy,
    clock().getTime()
  );
}

function viewOf(seen: readonly Seen[], { id, why }: GarbageFolder): GarbageView[] {
  const found = seen.find(each => each.observed.id === id);
  if (found === undefined) return [];
  const { name, hash, sizeBytes, observed } = found;
  return [{ name, hash, sizeBytes, lastUsedAtMs: observed.lastUsedAtMs, why }];
}

async function observe(options: GarbageOptions): Promise<Seen[]> {
  const names = (await readdir(options.parent).catch(() => [])).sort();
  return (await Promise.all(names.map(name => observeFolder(options, name)))).flatMap(each => each ?? []);
}

async function observeFolder(options: GarbageOptions, folderName: string): Promise<Seen | undefined> {
  const parts = folderParts(folderName);
  const path = join(options.parent, folderName);
  const found = await stat(path).catch(() => undefined);
  if (parts === undefined || found?.isDirectory() !== true) return undefined;
  // Without a readable manifest it is still a folder that fills the disk.
  const manifest = await readJsonFile(join(path, MANIFEST_FILE), EnvironmentManifest).catch(() => undefined);
  const madeAtMs = manifest?.createdAtMs ?? Math.round(found.mtimeMs);
  const observed = await observedFolder(options, { path, name: parts.name, madeAtMs });
  return { observed, ...parts, sizeBytes: manifest?.looked?.sizeBytes ?? null };
}

async function observedFolder(
  options: GarbageOptions,
  { path, name, madeAtMs }: { readonly path: string; readonly name: string; readonly madeAtMs: number }
): Promise<ObservedFolder> {
  const entry = options.entries.get(name);
  const id = basename(path);
  return {
    id,
    inUse: (await usesOf(options, id, false)).length > 0,
    beingMade: entry?.creation !== undefined || (await isBeingMade(path)),
    defined: isDefined(entry, path),
    madeAtMs,
    lastUsedAtMs: await lastUsedMs(path)
  };
}

/** Of a definition that cannot be read, nobody knows which folder is its own: any of its name may be. */
function isDefined(entry: Entry | undefined, path: string): boolean {
  if (entry === undefined) return false;
  return entry.definition === undefined || entry.definition.folder === path;
}

function usesOf(options: GarbageOptions, folderName: string, fresh: boolean): ReturnType<EnvironmentUses['of']> {
  const path = join(options.parent, folderName);
  const entry = [...options.entries.values()].find(({ definition }) => definition?.folder === path);
  return options.uses.of(path, entry?.name, { fresh });
}
