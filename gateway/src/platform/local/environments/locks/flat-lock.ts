/** A lock that is a plain list of packages, as `pylock.toml` and requirements with hashes are: nothing says who needs whom. */
import { type LockedFile, namesOfSeveral, type UvLock } from './uv-lock.js';

export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly marker: string;
  readonly sdist?: LockedFile | undefined;
  readonly wheels: readonly LockedFile[];
}

/** With every package asked for by itself, so that exactly these are installed. */
export function flatLock(packages: readonly ListedPackage[], requiresPython: string): UvLock {
  const uvPackages = packages.map(({ marker: _, ...each }) => ({
    ...each,
    resolutionMarkers: [] as string[],
    dependencies: [],
    optional: new Map<string, never>()
  }));
  const several = namesOfSeveral(uvPackages);
  return {
    requiresPython,
    resolutionMarkers: [],
    supportedMarkers: [],
    requiredMarkers: [],
    options: {},
    requirements: packages.map(({ name, version, marker }) => ({
      name,
      extras: [],
      specifier: `==${version}`,
      marker
    })),
    packages: uvPackages.map((each, index) => {
      const marker = packages[index]?.marker ?? '';
      return several.has(each.name) && marker !== '' ? { ...each, resolutionMarkers: [marker] } : each;
    })
  };
}
