/** Whether a lock that somebody else made can be installed as it is, judged by what uv finds on this machine's index. */
import type { Problem } from '../../../../contract/index.js';
import type { CompiledPackage } from './read-compiled.js';
import { fileHashes, type UvLock } from './uv-lock.js';

/** What it lacks. Packages that uv did not look at, as they are for another platform, are not judged. */
export function incompleteProblems(lock: UvLock, compiled: readonly CompiledPackage[]): Problem[] {
  const names = new Set(lock.packages.map(({ name }) => name));
  return compiled.flatMap((each): Problem[] => {
    if (!names.has(each.name)) {
      const parent = each.neededBy[0] ?? 'it';
      return [{ field: each.name, message: `the lock is not complete: ${parent} needs ${each.name}` }];
    }
    const locked = lock.packages.find(({ name, version }) => name === each.name && version === each.version);
    // Only wheels are compared: where building is not allowed uv does not name the source archives.
    if (locked === undefined || locked.wheels.length === 0 || each.hashes.length === 0) return [];
    const known = new Set(fileHashes(locked));
    if (each.hashes.some(hash => known.has(hash))) return [];
    const message = `the index has none of the files that the lock names for ${each.name} ${each.version}`;
    return [{ field: each.name, message }];
  });
}
