/** What a `uv.lock` was made for: the requirements of a script, or the dependencies of a project. */
import type { RawLock, RawPackage } from './raw-uv-lock.js';
import { unreadable } from './read-toml.js';
import type { UvDependency, UvRequirement } from './uv-lock.js';

export interface Asked {
  readonly requirements: readonly (UvRequirement & Pick<UvDependency, 'version'>)[];
  /** For people: what of the lock does not count. */
  readonly warnings: readonly string[];
}

/** What `uv sync` installs unless it is told otherwise. */
const DEFAULT_GROUP = 'dev';

/** @throws PlatformError for a workspace without a project at its root: nobody knows which of its projects is meant */
export function askedFor(lock: RawLock): Asked {
  const project = lock.package.find(isRoot);
  if (project !== undefined) return askedForBy(project);
  const local = lock.package.filter(each => 'editable' in each.source || 'virtual' in each.source);
  if (local.length === 0 || lock.manifest.requirements.length > 0) {
    return { requirements: lock.manifest.requirements, warnings: [] };
  }
  const names = local.map(({ name }) => name).join(', ');
  throw unreadable('uv.lock', [
    {
      field: 'package',
      message: `it belongs to several projects (${names}); want one of them, by \`uv export --package NAME --format pylock.toml\``
    }
  ]);
}

function isRoot({ source }: RawPackage): boolean {
  return [source['virtual'], source['editable'], source['directory']].includes('.');
}

function askedForBy(project: RawPackage): Asked {
  const groups = project['dev-dependencies'];
  const wanted = [...project.dependencies, ...(groups[DEFAULT_GROUP] ?? [])];
  const dependencies = withoutItself(project, wanted);
  const requirements = dependencies.map(({ version, ...each }) => ({
    ...each,
    version,
    specifier: version === undefined ? '' : `==${version}`
  }));
  const unique = new Map(requirements.map(each => [JSON.stringify(each), each]));
  return { requirements: [...unique.values()], warnings: leftOut(project) };
}

/** A project may ask for extras of its own, as in `all = ["it[plot,gpu]"]`. */
function withoutItself(project: RawPackage, wanted: readonly UvDependency[]): UvDependency[] {
  const found: UvDependency[] = [];
  const taken = new Set<string>();
  const queue = [...wanted];
  // It grows while it is walked.
  for (const next of queue) {
    if (next.name !== project.name) {
      found.push(next);
      continue;
    }
    const extras = next.extras.filter(each => taken.size < taken.add(each).size);
    for (const each of extras.flatMap(extra => project['optional-dependencies'][extra] ?? [])) queue.push(each);
  }
  return found;
}

function leftOut(project: RawPackage): string[] {
  const groups = Object.keys(project['dev-dependencies']).filter(name => name !== DEFAULT_GROUP);
  const extras = Object.keys(project['optional-dependencies']);
  const lists = [
    { what: 'groups', names: groups },
    { what: 'extras', names: extras }
  ].filter(({ names }) => names.length > 0);
  return [
    `The project ${project.name} itself is not installed, only what it depends on.`,
    ...lists.map(({ what, names }) => `Its ${what} are left out unless it asks for them itself: ${names.join(', ')}.`)
  ];
}
