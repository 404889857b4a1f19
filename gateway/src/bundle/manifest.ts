/**
 * The list of what a bundle holds. Its text is canonical, so its sha256 names the bundle: the same names, contents and
 * executable bits give the same digest, whatever the times and the order they were found in.
 */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const RelativePath = z.string().refine(isSafePath, 'is not a plain relative path');

const ManifestFile = z.strictObject({
  path: RelativePath,
  mode: z.union([z.literal(0o644), z.literal(0o755)]),
  sha256: Sha256,
  bytes: z.int().min(0)
});
const ManifestLink = z.strictObject({ path: RelativePath, link: z.string().min(1) });

export const Manifest = z
  .strictObject({
    version: z.literal(1),
    files: z.array(ManifestFile),
    links: z.array(ManifestLink),
    folders: z.array(RelativePath).describe('Those that would not come into being with a file')
  })
  .superRefine((manifest, context) => {
    for (const message of manifestProblems(manifest)) context.addIssue({ code: 'custom', message });
  });
export type Manifest = z.infer<typeof Manifest>;
export type ManifestFile = z.infer<typeof ManifestFile>;
export type ManifestLink = z.infer<typeof ManifestLink>;

/** By code unit: the same order on every machine, unlike `localeCompare`. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The canonical text and its digest. */
export function serialiseManifest(manifest: Omit<Manifest, 'version'>): {
  readonly text: string;
  readonly digest: string;
} {
  const sorted = <T extends { readonly path: string }>(list: readonly T[]): T[] =>
    [...list].sort((a, b) => byCodeUnit(a.path, b.path));
  const text = JSON.stringify({
    version: 1,
    files: sorted(manifest.files).map(({ path, mode, sha256, bytes }) => ({ path, mode, sha256, bytes })),
    links: sorted(manifest.links).map(({ path, link }) => ({ path, link })),
    folders: [...manifest.folders].sort(byCodeUnit)
  });
  return { text, digest: createHash('sha256').update(text).digest('hex') };
}

/** True for `a/b.txt`; false for what could leave the folder or is written in two ways: `/a`, `../a`, `a//b`, `./a`. */
export function isSafePath(path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  return path.split('/').every(part => part !== '' && part !== '.' && part !== '..');
}

/** True when the link, seen from its own place, cannot lead out of the folder by its text. */
export function isSafeLink(path: string, link: string): boolean {
  if (link.startsWith('/') || link.includes('\0')) return false;
  const end = posix.normalize(posix.join(posix.dirname(path), link));
  return end !== '..' && !end.startsWith('../');
}

/** A file below a link would be written to wherever the link leads. */
function manifestProblems(manifest: Pick<Manifest, 'files' | 'links' | 'folders'>): string[] {
  const links = new Set(manifest.links.map(each => each.path));
  const problems = manifest.links
    .filter(each => !isSafeLink(each.path, each.link))
    .map(each => `the link ${each.path} leads out of the folder`);
  const all = [...manifest.files, ...manifest.links].map(each => each.path).concat(manifest.folders);
  if (new Set(all).size !== all.length) problems.push('a path is there twice');
  for (const path of all) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const above = path.slice(0, slash);
      if (links.has(above)) problems.push(`${path} lies below the link ${above}`);
    }
  }
  return problems;
}
