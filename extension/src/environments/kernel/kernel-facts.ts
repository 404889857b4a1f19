/**
 * What a running kernel has: interpreter, platform, packages. It comes from a kernel in which anybody may have run anything:
 * everything is checked by shape and bounded, and what cannot be read is "unknown", never "equal". Pure.
 */
import {
  ENVIRONMENT_NAME,
  HASH,
  isShort,
  objectOf,
  PACKAGE_NAME,
  VERSION,
  versionIn,
  type Packages
} from './shapes.js';

export interface IKernelFacts {
  /** Such as `3.12.4`. */
  readonly python: string;
  /** Such as `cpython`. */
  readonly implementation: string;
  /** Such as `linux-x86_64`. */
  readonly platform: string;
  /** Version of each package, by its normalised name. */
  readonly packages: Packages;
  /** Those that were not installed from an index: editable ones, folders, addresses. */
  readonly local: readonly string[];
  /** Of the environment that Berth started it in; null: another started it. */
  readonly environment: string | null;
  readonly lockHash: string | null;
}

const MOST_PACKAGES = 5_000;
const MOST_CHARACTERS = 2_000_000;
/** `text/plain` of a Python string is its literal; ours has no character that needs an escape. */
const LITERAL = /^'([A-Za-z0-9+/=]*)'$/;

/** @param content - Of the `execute_reply`; null: it tells nothing that can be relied on. */
export function factsOf(content: unknown): IKernelFacts | null {
  const reply = objectOf(content);
  const answer = objectOf(objectOf(reply['user_expressions'])['berth']);
  const text = objectOf(answer['data'])['text/plain'];
  if (reply['status'] !== 'ok' || answer['status'] !== 'ok') return null;
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) return null;
  const literal = LITERAL.exec(text)?.[1];
  return literal === undefined ? null : parseFacts(decoded(literal));
}

function decoded(base64: string): unknown {
  try {
    return JSON.parse(atob(base64));
  } catch {
    return null; // Not what our code prints.
  }
}

function parseFacts(value: unknown): IKernelFacts | null {
  const it = objectOf(value);
  const packages = parsePackages(it['packages']);
  const { python, implementation, platform } = it;
  if (packages === null || !isShort(python) || !isShort(implementation) || !isShort(platform)) return null;
  return {
    python,
    implementation,
    platform,
    packages,
    local: Array.isArray(it['local']) ? it['local'].filter(isPackageIn(packages)) : [],
    environment: matching(it['environment'], ENVIRONMENT_NAME),
    lockHash: matching(it['lockHash'], HASH)
  };
}

/** @returns null unless all of it has the right shape: a package less would pass for another environment. */
export function parsePackages(value: unknown): Packages | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  if (entries.length > MOST_PACKAGES || !entries.every(isPackage)) return null;
  return Object.fromEntries(entries as [string, string][]);
}

function isPackage([name, version]: readonly [string, unknown]): boolean {
  return PACKAGE_NAME.test(name) && typeof version === 'string' && VERSION.test(version);
}

function isPackageIn(packages: Packages): (name: unknown) => name is string {
  return (name): name is string => typeof name === 'string' && versionIn(packages, name) !== null;
}

function matching(value: unknown, pattern: RegExp): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}
