/** What a running kernel has, as requirements; and which of it no index has, as packages that somebody made there. */
import { type LockedPackage, PlatformError, type Problem } from '../../../../contract/index.js';
import { Name, Version } from './locked-values.js';

/** Such as `numpy==2.4.6`, by name. @throws PlatformError `invalid-input` naming what is no package or version */
export function pinsOf(packages: readonly LockedPackage[]): string[] {
  const problems = packages.flatMap(({ name, version }): Problem[] => {
    if (Name.safeParse(name).success && Version.safeParse(version).success) return [];
    return [
      { field: name.slice(0, 80), message: `want the name of a package and a version, not ${version.slice(0, 80)}` }
    ];
  });
  if (problems.length > 0) {
    throw new PlatformError('invalid-input', `The kernel has a package that cannot be read: ${problems[0]?.field}`, {
      problems
    });
  }
  const pins = new Map(packages.map(({ name, version }) => [Name.parse(name), version]));
  return [...pins].map(([name, version]) => `${name}==${version}`).sort();
}

/** The package that the index does not have, or not in the wanted version, by what uv said; undefined: that is not why. */
export function missingPackage(message: string): string | undefined {
  const text = message.replace(/\s+/g, ' ');
  const noPackage = /([A-Za-z0-9][\w.-]*) was not found in the (?:package registry|provided package locations)/.exec(
    text
  );
  const noVersion = /there (?:is|are) no versions? of ([A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?==/.exec(text);
  return noPackage?.[1] ?? noVersion?.[1];
}

/** @param missing such as `numpy==2.4.6` */
export function missingError(missing: readonly string[]): PlatformError {
  const hint = missing.some(each => each.includes('+'))
    ? ' Versions with a + come from an index of their own, which has to be set up for uv, as by UV_INDEX.'
    : '';
  const message = `The index does not have ${missing.join(', ')}. Leave out what was made here or comes from elsewhere.${hint}`;
  const problems = missing.map(each => ({ field: each, message: 'the index does not have it' }));
  return new PlatformError('invalid-input', message, { problems });
}
