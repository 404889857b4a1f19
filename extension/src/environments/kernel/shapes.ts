/** The shapes of what others may have written: names, versions, hashes. Nothing that does not match is shown or sent. */

/** As the API has it: lower-case letters, digits and hyphens, at most 48. */
export const ENVIRONMENT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
/** sha256 in hex. */
export const HASH = /^[0-9a-f]{64}$/;
/** A normalised package name. */
export const PACKAGE_NAME = /^[a-z0-9][a-z0-9-]{0,127}$/;
/** PEP 440 and what is older; empty where the folder's name tells none. */
export const VERSION = /^[0-9A-Za-z.+!_~-]{0,64}$/;
const SHORT = /^[0-9A-Za-z._+-]{1,64}$/;

/** Version of each package, by its normalised name. */
export type Packages = Readonly<Record<string, string>>;

/** A word such as `3.12.4`, `cpython` or `linux-x86_64`. */
export function isShort(value: unknown): value is string {
  return typeof value === 'string' && SHORT.test(value);
}

/** As PEP 503 says: `Typing_Extensions` is `typing-extensions`. */
export function normalisedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Null where there is none; `constructor` may be the name of a package. */
export function versionIn(packages: Packages, name: string): string | null {
  return Object.prototype.hasOwnProperty.call(packages, name) ? packages[name]! : null;
}

/** The value if it is an object, else an empty one. */
export function objectOf(value: unknown): Readonly<Partial<Record<string, unknown>>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}
