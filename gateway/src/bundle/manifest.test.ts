import fc from 'fast-check';
import { isSafeLink, isSafePath, Manifest, serialiseManifest } from './manifest.js';

const sha256 = 'a'.repeat(64);
const file = (path: string) => ({ path, mode: 0o644 as const, sha256, bytes: 1 });
const manifest = (parts: object) => ({ version: 1, files: [], links: [], folders: [], ...parts });

test.each(['/etc/passwd', '../x', 'a/../../x', 'a/..', '..', '.', '', 'a//b', 'a/', './a', 'a\0b'])(
  'a manifest with the path %j writes outside the folder',
  path => {
    expect(isSafePath(path)).toBe(false);
    expect(Manifest.safeParse(manifest({ files: [file(path)] })).success).toBe(false);
    expect(Manifest.safeParse(manifest({ folders: [path] })).success).toBe(false);
  }
);

test.each(['a', '..a', 'a..', 'a/.b', '...', 'a\\..\\b', 'ü/ñ'])('the harmless path %j is refused', path => {
  expect(isSafePath(path)).toBe(true);
});

test.each([
  ['a', '/etc', false],
  ['a', '..', false],
  ['a', 'b/../../x', false],
  ['d/a', '../../x', false],
  ['d/a', '../x', true],
  ['a', 'b/../c', true],
  ['a', '..b', true]
])('a link %s → %s is judged wrongly', (path, link, want) => {
  expect(isSafeLink(path, link)).toBe(want);
});

test.each([
  ['a file below a link', { files: [file('d/x')], links: [{ path: 'd', link: 'e' }] }],
  ['a folder below a link', { folders: ['d/e'], links: [{ path: 'd', link: 'e' }] }],
  ['a link that leads out', { links: [{ path: 'd', link: '../x' }] }],
  ['one path twice', { files: [file('a'), file('a')] }],
  ['another mode, such as setuid', { files: [{ ...file('a'), mode: 0o4755 }] }],
  ['a blob name that is a path', { files: [{ ...file('a'), sha256: '../../x' }] }]
])('a manifest with %s is followed', (_, parts) => {
  expect(Manifest.safeParse(manifest(parts)).success).toBe(false);
});

test('the digest depends on the order in which files were found', () => {
  const paths = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(paths, all => {
      const forward = serialiseManifest({ files: all.map(file), links: [], folders: [] });
      const backward = serialiseManifest({ files: [...all].reverse().map(file), links: [], folders: [] });
      expect(backward).toEqual(forward);
    })
  );
});
