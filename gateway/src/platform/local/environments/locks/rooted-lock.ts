/**
 * Turns a list of packages into a lock that says what was asked for: those that no other needs. Who needs whom is known
 * for one machine only, so the caller checks that both locks mean the same everywhere (`isSameLock`).
 */
import type { CompiledPackage } from './read-compiled.js';
import type { LockedPackage } from './requirements-text.js';
import { namesOfSeveral, type UvDependency, type UvLock } from './uv-lock.js';

/**
 * The lock with the edges that uv found here. Of a package with several versions all count as needed, each where it is
 * meant: which one is taken on another machine depends on that alone.
 * @param exported what uv says that the lock means: its markers are put in uv's own way
 */
export function withEdges(
  flat: UvLock,
  exported: readonly LockedPackage[],
  compiled: readonly CompiledPackage[]
): UvLock {
  const several = namesOfSeveral(flat.packages);
  const children = childrenByName(compiled);
  const locked = new Map<string, UvDependency[]>();
  for (const { name, version, marker } of exported) {
    const dependency = { name, version: several.has(name) ? version : undefined, extras: [], marker };
    locked.set(name, [...(locked.get(name) ?? []), dependency]);
  }
  const packages = flat.packages.map(each => {
    const needs = [...(children.get(each.name) ?? [])];
    return { ...each, dependencies: needs.flatMap(name => locked.get(name) ?? []) };
  });
  const needed = new Set([...children.values()].flatMap(names => [...names]));
  return { ...flat, packages, requirements: flat.requirements.filter(({ name }) => !needed.has(name)) };
}

function childrenByName(compiled: readonly CompiledPackage[]): ReadonlyMap<string, ReadonlySet<string>> {
  const children = new Map<string, Set<string>>();
  for (const { name, neededBy } of compiled) {
    for (const parent of neededBy.filter(each => each !== name)) {
      children.set(parent, (children.get(parent) ?? new Set()).add(name));
    }
  }
  return children;
}

/** The lock with only those requirements that no other package needs on every platform. */
export function withRootsOnly(lock: UvLock): UvLock {
  const needed = new Set(
    lock.packages.flatMap(each =>
      each.dependencies.filter(({ name, marker }) => marker === '' && name !== each.name).map(({ name }) => name)
    )
  );
  return { ...lock, requirements: lock.requirements.filter(({ name }) => !needed.has(name)) };
}

/** Whether they install the same files on every machine. */
export function isSameLock(a: readonly LockedPackage[], b: readonly LockedPackage[]): boolean {
  const lines = (packages: readonly LockedPackage[]): string[] => packages.map(each => JSON.stringify(each)).sort();
  return JSON.stringify(lines(a)) === JSON.stringify(lines(b));
}
