/** Which files a lock means that names only their hashes. */
import { PlatformError } from '../../../../contract/index.js';
import type { ListedPackage } from './flat-lock.js';
import type { LockedPackage } from './requirements-text.js';
import type { LockedFile, UvLock } from './uv-lock.js';

/**
 * @param index what the index has of these packages
 * @throws PlatformError `invalid-input` naming the packages of which the index has none of the files
 */
export function filesOfLocked(index: UvLock, locked: readonly LockedPackage[]): ListedPackage[] {
  const hashes = new Map<string, Set<string>>();
  for (const each of locked) hashes.set(each.name, new Set([...(hashes.get(each.name) ?? []), ...each.hashes]));
  const listed = index.packages.map(each => {
    const isLocked = ({ hash }: LockedFile): boolean => hashes.get(each.name)?.has(hash) === true;
    const sdist = each.sdist !== undefined && isLocked(each.sdist) ? each.sdist : undefined;
    const { name, version } = each;
    const specifier = `==${version}`;
    const asked = index.requirements.find(one => one.name === name && one.specifier === specifier);
    return { name, version, marker: asked?.marker ?? '', sdist, wheels: each.wheels.filter(isLocked) };
  });
  const without = listed.filter(({ sdist, wheels }) => sdist === undefined && wheels.length === 0);
  const [first] = without;
  if (first === undefined) return listed;
  const problems = without.map(({ name, version }) => ({
    field: name,
    message: `the index has none of the files that the lock names for ${name} ${version}`
  }));
  throw new PlatformError('invalid-input', `The lock cannot be used: ${problems[0]?.message}.`, { problems });
}
