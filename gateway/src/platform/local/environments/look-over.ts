/**
 * The look at an environment after it is ready: whether its packages can be imported, and how large it is. It takes longer
 * than making it, so nobody waits for it; it runs at low priority and can be stopped at any moment.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, writeFileAtomic } from '../../../store/index.js';
import { runCommand } from './child-command.js';
import { type EnvironmentManifest, interpreterOf, MANIFEST_FILE, readyManifest } from './environment-folder.js';
import { importOnce } from './first-import.js';

export interface LookOver {
  readonly folder: string;
  readonly hash: string;
  /** Names of the packages that were asked for. */
  readonly packages: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const SIZE = `
import os, sys
def size(folder):
    total = 0
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            total += size(entry.path)
        elif entry.is_file(follow_symlinks=False):
            total += entry.stat(follow_symlinks=False).st_size
    return total
print(size(sys.argv[1]))`;

/**
 * Looks unless that was done before, and writes what it found into the manifest.
 * @returns the manifest; undefined when the environment is gone meanwhile
 * @throws the signal's reason when it was aborted
 */
export async function lookOver(look: LookOver): Promise<EnvironmentManifest | undefined> {
  const { folder, hash } = look;
  const before = await readyManifest(folder, hash);
  if (before === undefined || before.looked !== null) return before;
  const problem = await importAll(look);
  const looked = { problem, sizeBytes: await sizeOf(look) };
  const manifest = await readyManifest(folder, hash);
  look.signal.throwIfAborted();
  // Another one of the same name that was made meanwhile gets its own look.
  if (manifest === undefined || manifest.createdAtMs !== before.createdAtMs) return manifest;
  const after = { ...manifest, looked };
  await writeFileAtomic(join(folder, MANIFEST_FILE), JSON.stringify(after));
  return after;
}

async function importAll({ folder, packages, variables, signal }: LookOver): Promise<string> {
  const scratch = join(folder, `.first-import-${process.pid}`);
  await mkdir(scratch, { recursive: true });
  try {
    return await importOnce({ python: interpreterOf(folder), packages, scratch, variables, signal });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Bytes of all files in it; what is linked to uv's cache counts in full. Null when it cannot be told. */
async function sizeOf({ folder, variables, signal }: LookOver): Promise<number | null> {
  const options = { cwd: folder, variables, signal, lowPriority: true };
  const args = ['-I', '-S', '-c', SIZE, folder];
  const result = await runCommand(interpreterOf(folder), args, options).catch((error: unknown) => {
    // The environment was removed under us.
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  return z.coerce.number().int().min(1).safeParse(result?.output[0]).data ?? null;
}
