/** What every package of a lock must have, whichever format it was written in. */
import type { Problem } from '../../../../contract/index.js';
import { fileNameOf, Sha256 } from './locked-values.js';
import type { LockedFile } from './uv-lock.js';

export interface WrittenFile {
  /** Or a plain name. */
  readonly address: string;
  /** Such as `sha256:ab…`; undefined where there is none. */
  readonly hash: string | undefined;
}

export interface WrittenPackage {
  readonly name: string;
  readonly version: string | undefined;
  /** Where it comes from when that is not an index, such as `git`. */
  readonly foreign: string | undefined;
  readonly files: readonly WrittenFile[];
}

const PREFIX = 'sha256:';

/** Without the address; undefined when it has no plain name or no hash. */
export function lockedFile({ address, hash }: WrittenFile): LockedFile | undefined {
  const name = fileNameOf(address);
  const isHash = hash?.startsWith(PREFIX) === true && Sha256.safeParse(hash.slice(PREFIX.length)).success;
  return name === undefined || !isHash ? undefined : { name, hash };
}

/** What is wrong with the packages, and what would be right. */
export function packageProblems(packages: readonly WrittenPackage[]): Problem[] {
  const seen = new Set<string>();
  const twins = packages
    .filter(({ name, version = '' }) => seen.size === seen.add(`${name} ${version}`).size)
    // They are told apart by the address of their index alone, and addresses are what is left out.
    .map(({ name, version = '' }) => ({
      field: name,
      message: `${version} is there twice, from two indexes; want every version from one of them`
    }));
  const problems = packages.flatMap(each => {
    const message = problemOf(each);
    return message === undefined ? [] : [{ field: each.name, message }];
  });
  return [...problems, ...twins];
}

function problemOf({ version, foreign, files }: WrittenPackage): string | undefined {
  if (foreign !== undefined) {
    return `it comes from ${foreign}; want a package from an index, which everybody can have by its hash`;
  }
  if (version === undefined) return 'it has no version';
  if (files.length === 0) return 'it has no file';
  const bad = files.find(file => lockedFile(file) === undefined);
  if (bad === undefined) return undefined;
  const name = bad.address
    .replace(/[?#].*$/s, '')
    .split('/')
    .at(-1)
    ?.slice(0, 200);
  return `want a plain name and a sha256 hash for each of its files, which ${name || 'one'} has not`;
}
