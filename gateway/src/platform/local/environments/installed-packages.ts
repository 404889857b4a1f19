/**
 * What is installed in an environment, by the names of its `.dist-info` folders: whoever installs, removes or updates a
 * package there, with whatever tool, changes them. Reading the names takes well under a millisecond.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { normalisedName } from './locks/index.js';

const DIST_INFO = /^(.+)-([^-]+)\.dist-info$/;

/** Version by normalised name; empty where there is no such folder. */
export type InstalledPackages = Readonly<Record<string, string>>;

export async function installedPackages(folder: string): Promise<InstalledPackages> {
  const library = join(folder, 'lib');
  const pythons = await readdir(library).catch(() => []);
  const lists = pythons.map(python => readdir(join(library, python, 'site-packages')).catch(() => []));
  const pairs = (await Promise.all(lists)).flat().flatMap(entry => {
    const [, name, version] = DIST_INFO.exec(entry) ?? [];
    return name === undefined || version === undefined ? [] : [[normalisedName(name), version] as const];
  });
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is not as it was made, one sentence each, such as `pandas 2.4.0 instead of 2.3.1`; at most a hundred. */
export function changesSince(made: InstalledPackages, now: InstalledPackages): string[] {
  const names = [...new Set([...Object.keys(made), ...Object.keys(now)])].sort();
  const changes = names.flatMap(name => {
    const [before, after] = [own(made, name), own(now, name)];
    if (before === after) return [];
    if (before === undefined) return [`${name} ${after} is not in the lock`];
    return [after === undefined ? `${name} ${before} is missing` : `${name} ${after} instead of ${before}`];
  });
  return changes.slice(0, 100);
}

function own(packages: InstalledPackages, name: string): string | undefined {
  return Object.hasOwn(packages, name) ? packages[name] : undefined;
}
