/** The packages of a `uv.lock` that are installed for what was asked for, whatever the platform. */
import type { Asked } from './asked-for.js';
import type { RawLock, RawPackage } from './raw-uv-lock.js';
import { unreadable } from './read-toml.js';
import type { UvDependency } from './uv-lock.js';

export interface ReachedPackage {
  readonly raw: RawPackage;
  /** Of the package, those that somebody asks for. */
  readonly extras: ReadonlySet<string>;
}

/** A lock has a few versions of a package, one a range of Pythons; more would only take time. */
const MOST_VERSIONS = 50;

type Wanted = Pick<UvDependency, 'name' | 'version' | 'extras'> & { readonly by: string };

/** @throws PlatformError when something is needed that the lock does not have */
export function reachedPackages(lock: RawLock, requirements: Asked['requirements']): ReachedPackage[] {
  const byName = new Map<string, RawPackage[]>();
  for (const each of lock.package) byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  const reached = new Map<RawPackage, Set<string>>();
  const queue: Wanted[] = requirements.map(each => ({ ...each, by: 'the notebook or script' }));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const raw of found(byName, next)) {
      const isNew = !reached.has(raw);
      const extras = reached.get(raw) ?? new Set();
      const more = next.extras.filter(extra => extras.size < extras.add(extra).size);
      reached.set(raw, extras);
      const needs = more.flatMap(extra => raw['optional-dependencies'][extra] ?? []);
      for (const each of [...(isNew ? raw.dependencies : []), ...needs]) queue.push({ ...each, by: raw.name });
    }
  }
  return [...reached].map(([raw, extras]) => ({ raw, extras }));
}

function found(byName: ReadonlyMap<string, readonly RawPackage[]>, { name, version, by }: Wanted): RawPackage[] {
  const packages = (byName.get(name) ?? []).filter(each => version === undefined || each.version === version);
  if (packages.length > MOST_VERSIONS) {
    throw unreadable('uv.lock', [{ field: name, message: `want at most ${MOST_VERSIONS} versions of one package` }]);
  }
  if (packages.length > 0) return packages;
  const message = `${by} needs it${version === undefined ? '' : ` at ${version}`}, and the lock does not have it`;
  throw unreadable('uv.lock', [{ field: name, message }]);
}
