/**
 * A `uv.lock` of a script as far as it matters for what is installed: packages from an index, with the names and hashes
 * of their files, and no address of anything.
 */

export interface UvLock {
  readonly requiresPython: string;
  /** Each of these lists holds environment markers, as uv orders them. */
  readonly resolutionMarkers: readonly string[];
  readonly supportedMarkers: readonly string[];
  readonly requiredMarkers: readonly string[];
  /** How uv chose: single words, such as `prerelease-mode`. */
  readonly options: Readonly<Record<string, string>>;
  /** What was asked for. */
  readonly requirements: readonly UvRequirement[];
  readonly packages: readonly UvPackage[];
}

export interface UvRequirement {
  readonly name: string;
  readonly extras: readonly string[];
  /** Such as `>=2,<3`; empty: any. */
  readonly specifier: string;
  readonly marker: string;
}

export interface UvPackage {
  readonly name: string;
  readonly version: string;
  /** Where this version is the one that is meant, when the lock has several. */
  readonly resolutionMarkers: readonly string[];
  readonly dependencies: readonly UvDependency[];
  /** By extra. */
  readonly optional: ReadonlyMap<string, readonly UvDependency[]>;
  readonly sdist?: LockedFile | undefined;
  readonly wheels: readonly LockedFile[];
}

export interface UvDependency {
  readonly name: string;
  /** Where the lock has several. */
  readonly version?: string | undefined;
  readonly extras: readonly string[];
  readonly marker: string;
}

export interface LockedFile {
  readonly name: string;
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
}

/** Hashes of all files of a package, each once, sorted. */
export function fileHashes({ sdist, wheels }: UvPackage): string[] {
  const files = [...(sdist === undefined ? [] : [sdist]), ...wheels];
  return [...new Set(files.map(({ hash }) => hash))].sort();
}

/** Names of which a lock has several versions. */
export function namesOfSeveral(packages: readonly UvPackage[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(packages.filter(({ name }) => seen.size === seen.add(name).size).map(({ name }) => name));
}
