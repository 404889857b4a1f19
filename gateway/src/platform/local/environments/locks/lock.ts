/** A lock that was read, and what it means on one machine. */
import { PlatformError } from '../../../../contract/index.js';
import { markerHolds, type MarkerVariables } from './marker.js';
import { type LockedPackage, normalisedName } from './requirements-text.js';

export interface Lock {
  /** A `uv.lock` of a script, without addresses. */
  readonly text: string;
  /** 64 hex digits; equal behind every mirror. */
  readonly lockHash: string;
  /** Such as `>=3.11`; empty where it says nothing. */
  readonly requiresPython: string;
  /** Of all platforms. */
  readonly packages: readonly LockedPackage[];
  /** Names of the packages asked for, normalised. */
  readonly requested: readonly string[];
  /** What uv installs: a requirements file with a hash for every file. */
  readonly exported: string;
}

/** The packages that it has for a machine, by name. @throws PlatformError when one of its markers is not understood */
export function contentsFor(lock: Lock, markers: MarkerVariables): { name: string; version: string }[] {
  return lock.packages
    .filter(each => holds(each, markers))
    .map(({ name, version }) => ({ name, version }))
    .sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
}

/** Those of them that were asked for, such as `torch==2.15.0`. @throws PlatformError as `contentsFor` */
export function requestedFor(lock: Lock, markers: MarkerVariables): string[] {
  const names = new Set(lock.requested.map(normalisedName));
  return contentsFor(lock, markers)
    .filter(({ name }) => names.has(name))
    .map(({ name, version }) => `${name}==${version}`);
}

/** Why a lock cannot be used with a Python version such as `3.11.7`; null: it can. */
export function pythonProblem(lock: Lock, version: string): string | null {
  const wanted = lock.requiresPython;
  const fits = wanted
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
    .every(each => specifierHolds(each, version));
  return fits ? null : `The lock is for Python ${wanted}, and this is Python ${version}.`;
}

function holds(each: LockedPackage, markers: MarkerVariables): boolean {
  try {
    return markerHolds(each.marker, markers);
  } catch (error: unknown) {
    const what = `The lock says of ${each.name} when it is needed in a way that is not understood: ${each.marker}`;
    throw new PlatformError('invalid-input', what, { cause: error });
  }
}

/** `~=3.11` is `>=3.11,==3.*`; the rest is as in markers. */
function specifierHolds(specifier: string, version: string): boolean {
  const [, operator = '', wanted = ''] = /^(===|~=|[<>=!]=|[<>])\s*(\S+)$/.exec(specifier) ?? [];
  const compare = (how: string, than: string): boolean =>
    markerHolds(`python_full_version ${how} '${than}'`, { python_full_version: version });
  if (operator === '===') return wanted === version;
  if (operator !== '~=') return operator !== '' && compare(operator, wanted);
  return compare('>=', wanted) && compare('==', `${wanted.split('.').slice(0, -1).join('.')}.*`);
}

/** `3.12` of `3.12.4`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
