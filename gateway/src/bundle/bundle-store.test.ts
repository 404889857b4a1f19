import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { isPlatformError } from '../contract/index.js';
import { BundleBench, caught, tree, write } from './bundle-bench.testkit.js';
import { DEFAULT_BUNDLE_LIMITS as LIMITS } from './bundle-limits.js';
import type { BundleStore } from './bundle-store.js';
import { serialiseManifest } from './manifest.js';
import { surveyFolder } from './survey-folder.js';

let bench: BundleBench;
let root: string;
let source: string;
let store: BundleStore;
const snapshot = () => bench.snapshot();

beforeEach(async () => {
  bench = await BundleBench.make();
  ({ root, source, store } = bench);
});
afterEach(() => bench.remove());

test('the copy differs from the folder: content, executable bit, links or empty folders', async () => {
  await write(source, { 'train.py': 'print()', 'bin/run.sh': '#!', 'a/b/c.txt': '' });
  await chmod(join(source, 'bin/run.sh'), 0o755);
  await mkdir(join(source, 'out'));
  await symlink('../train.py', join(source, 'bin/link'));
  const bundle = await snapshot();
  expect([bundle.files, bundle.bytes, bundle.warnings]).toEqual([4, 9, []]);
  await store.materialise(bundle.digest, join(root, 'copy'));
  expect(await tree(join(root, 'copy'))).toEqual(await tree(source));
});

const name = fc.constantFrom('a', 'b', 'ü x', '..c', 'd.py', '-e', '日');
const leaf = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map(bytes => ({ bytes })),
  fc.constant({ link: 'a' }),
  fc.constant({ folder: true as const })
);
const trees = fc.dictionary(
  fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/')),
  leaf,
  { maxKeys: 8 }
);

test('some tree is not the same after it was stored and written out', async () => {
  let count = 0;
  const property = fc.asyncProperty(trees, fc.boolean(), async (entries, executable) => {
    const from = join(root, `p${(count += 1)}`);
    await mkdir(from);
    for (const [path, entry] of Object.entries(entries)) {
      const to = join(from, path);
      const made = await caught(mkdir(dirname(to), { recursive: true }));
      if (made !== undefined || (await lstat(to).catch(() => undefined)) !== undefined) continue;
      if ('bytes' in entry) await writeFile(to, entry.bytes, { mode: executable ? 0o755 : 0o644 });
      else if ('link' in entry) await symlink(entry.link, to);
      else await mkdir(to);
    }
    const { digest } = await store.put(from, await surveyFolder(from, LIMITS));
    const copy = `${from}-copy`;
    await store.materialise(digest, copy);
    expect(await tree(copy)).toEqual(await tree(from));
    expect((await store.put(copy, await surveyFolder(copy, LIMITS))).digest).toBe(digest);
  });
  await fc.assert(property, { numRuns: 40 });
}, 60_000);

test('times change the digest, or contents, names and the executable bit do not', async () => {
  await write(source, { 'a.txt': 'one', 'b.txt': 'one' });
  const { digest } = await snapshot();
  await utimes(join(source, 'a.txt'), 1, 1);
  expect((await snapshot()).digest).toBe(digest);
  expect(await bench.listed('blobs')).toHaveLength(1);
  await chmod(join(source, 'a.txt'), 0o755);
  const executable = (await snapshot()).digest;
  await write(source, { 'a.txt': 'two' });
  expect(new Set([digest, executable, (await snapshot()).digest]).size).toBe(3);
});

test('a run that changes its working copy changes the stored bundle', async () => {
  await write(source, { 'data.csv': 'original' });
  await chmod(join(source, 'data.csv'), 0o400);
  const { digest } = await snapshot();
  await store.materialise(digest, join(root, 'first'));
  await appendFile(join(root, 'first', 'data.csv'), ' and more');
  await store.materialise(digest, join(root, 'second'));
  expect(await readFile(join(root, 'second', 'data.csv'), 'utf8')).toBe('original');
  expect((await stat(join(root, 'second', 'data.csv'))).mode & 0o777).toBe(0o644);
});

test('stored copies can be read by other users', async () => {
  await write(source, { '.env': 'TOKEN=x' });
  await snapshot();
  for (const folder of ['', 'blobs', 'manifests']) {
    expect((await stat(join(root, 'store', folder))).mode & 0o077).toBe(0);
  }
});

test('an abort half way leaves a bundle or temporary files', async () => {
  await write(source, Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, `content ${index}`])));
  const survey = await surveyFolder(source, LIMITS);
  const gone = new AbortController();
  const failure = caught(store.put(source, survey, gone.signal));
  const deadline = Date.now() + 10_000;
  while ((await bench.listed('blobs')).length < 5 && Date.now() < deadline)
    await new Promise(resolve => setImmediate(resolve));
  gone.abort(new Error('client gone'));
  expect(await failure).toMatchObject({ message: expect.stringMatching(/client gone|aborted/) as string });
  expect(await bench.listed('manifests')).toEqual([]);
  const blobs = await bench.listed('blobs');
  expect(blobs.length).toBeLessThan(200);
  expect(blobs.filter(each => each.endsWith('.berth-tmp'))).toEqual([]);
  expect((await store.put(source, survey)).files).toBe(200);
});

test('a file that vanished, grew or became a link since the survey breaks the snapshot or is followed', async () => {
  await write(source, { 'gone.txt': 'x', 'grown.log': 'x', 'swapped.txt': 'x', 'stays.txt': 'x' });
  const survey = await surveyFolder(source, LIMITS);
  await rm(join(source, 'gone.txt'));
  await appendFile(join(source, 'grown.log'), 'yz');
  await rm(join(source, 'swapped.txt'));
  await symlink('/etc/passwd', join(source, 'swapped.txt'));
  const bundle = await store.put(source, survey);
  expect(bundle.warnings).toEqual(['Vanished while the folder was copied: gone.txt, swapped.txt.']);
  await store.materialise(bundle.digest, join(root, 'copy'));
  expect(Object.keys(await tree(join(root, 'copy')))).toEqual(['grown.log', 'stays.txt']);
  expect(await readFile(join(root, 'copy', 'grown.log'), 'utf8')).toBe('xyz');
});

test('a file that is appended to all the time is copied for ever or fails the snapshot', async () => {
  await write(source, { 'train.log': 'x'.repeat(3_000_000) });
  const survey = await surveyFolder(source, LIMITS);
  let writing = true;
  const writer = (async () => {
    while (writing) await appendFile(join(source, 'train.log'), 'more');
  })();
  const bundle = await store.put(source, survey);
  writing = false;
  await writer;
  await store.materialise(bundle.digest, join(root, 'copy'));
  expect((await stat(join(root, 'copy', 'train.log'))).size).toBe(bundle.bytes);
});

test('a folder beyond the limits is stored', async () => {
  await write(source, { 'big.bin': 'xxxx' });
  const survey = await surveyFolder(source, { maxBytes: 1, maxFiles: 10 });
  const error = await caught(store.put(source, survey));
  expect(isPlatformError(error) && [error.code, error.problems.length]).toEqual(['too-large', 1]);
});

describe('materialise', () => {
  test('a manifest that was tampered with writes outside the folder', async () => {
    await write(source, { 'a.txt': 'x' });
    const { digest } = await snapshot();
    const { files } = await store.manifest(digest);
    const { text } = serialiseManifest({
      files: files.map(file => ({ ...file, path: '../evil' })),
      links: [],
      folders: []
    });
    await writeFile(join(root, 'store', 'manifests', `${digest}.json`), text);
    await expect(store.materialise(digest, join(root, 'copy'))).rejects.toThrow(/damaged/);
    expect((await readdir(root)).sort()).toEqual(['source', 'store']);
  });

  test.each(['../../etc/passwd', '0'.repeat(64)])('an unknown digest %s is anything but not-found', async digest => {
    expect(await caught(store.materialise(digest, join(root, 'copy')))).toMatchObject({ code: 'not-found' });
  });

  test('files of the person are overwritten', async () => {
    await write(source, { 'a.txt': 'x' });
    const { digest } = await snapshot();
    expect(await caught(store.materialise(digest, source))).toMatchObject({ code: 'conflict' });
    expect(await tree(source)).toEqual({ 'a.txt': 'file - x' });
  });

  test('a blob that a power cut shortened is handed out, or stays broken after the next snapshot', async () => {
    await write(source, { 'a.txt': 'content', 'b.txt': 'other' });
    const { digest } = await snapshot();
    const { files } = await store.manifest(digest);
    const sha256 = files[0]?.sha256 ?? '';
    const blob = join(root, 'store', 'blobs', sha256.slice(0, 2), sha256);
    await chmod(blob, 0o600);
    await writeFile(blob, '');
    await expect(store.materialise(digest, join(root, 'copy'))).rejects.toThrow(/stored copy of a.txt/);
    expect(await readdir(root)).not.toContain('copy');
    await snapshot();
    await store.materialise(digest, join(root, 'copy'));
    expect(await readFile(join(root, 'copy', 'a.txt'), 'utf8')).toBe('content');
  });
});

describe('collectGarbage', () => {
  test('what is needed goes, or what is not needed stays', async () => {
    await write(source, { shared: 'shared', old: 'old' });
    const old = await snapshot();
    await rm(join(source, 'old'));
    await write(source, { new: 'new' });
    const kept = await snapshot();
    await writeFile(
      join(root, 'store', 'blobs', `.copy.${process.pid}-0123456789ab.berth-tmp`),
      'left by a killed writer'
    );
    expect(await store.collectGarbage(new Set([kept.digest]), 0)).toEqual({ manifests: 1, blobs: 1 });
    expect(await caught(store.manifest(old.digest))).toMatchObject({ code: 'not-found' });
    expect(await bench.listed('blobs')).toHaveLength(2);
    await store.materialise(kept.digest, join(root, 'copy'));
  });

  test('a bundle whose run is not recorded yet is taken away', async () => {
    await write(source, { a: 'a' });
    const { digest } = await snapshot();
    expect(await store.collectGarbage(new Set())).toEqual({ manifests: 0, blobs: 0 });
    await store.materialise(digest, join(root, 'copy'));
  });

  test('a collection during a snapshot takes its blobs away', async () => {
    await write(
      source,
      Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, `content ${index}`]))
    );
    await store.collectGarbage(new Set(), 0);
    const storing = snapshot();
    let done = false;
    const finished = storing.finally(() => (done = true));
    // The manifest itself is young; only the blobs before it exist are at risk.
    while (!done) await store.collectGarbage(new Set());
    const { digest } = await finished;
    await store.materialise(digest, join(root, 'copy'));
    expect(Object.keys(await tree(join(root, 'copy')))).toHaveLength(150);
  });
});
