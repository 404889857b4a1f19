/** Corpora that are saved and loaded: searches are those of the rows that were saved, and nothing that a snapshot claims is believed. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { A, B, changesWith, D, part, rowsOf } from './testing/changed-corpus.js';
import { append, type RuntimeClient } from './testing/runtime-client.js';
import { RuntimeProcess, until } from './testing/runtime-process.js';
import type { Metric } from './testing/twin.js';

let runtime: RuntimeProcess;
let client: RuntimeClient;
let scratch = '';
beforeAll(async () => {
  runtime = await RuntimeProcess.start();
  client = await runtime.connect();
  scratch = await mkdtemp(join(tmpdir(), 'berth-snapshots-'));
});
afterAll(async () => {
  await runtime.end();
  await rm(scratch, { recursive: true, force: true });
});

const { made, expectLike, call, remove } = changesWith(() => client);

describe('a snapshot', () => {
  const path = (name: string): string => join(scratch, name);
  async function contents(folder: string): Promise<Record<string, string>> {
    const names = (await readdir(folder)).sort();
    const texts = await Promise.all(names.map(async name => (await readFile(join(folder, name))).toString('latin1')));
    return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
  }

  test('answers as the corpus did, and is not changed by what happens to either', async () => {
    const corpus = await made([A, B], 'l2');
    const gone = new Set(A.ids.slice(0, 20));
    await remove(corpus, [...gone]);
    await call('corpus.save', { corpus, folder: path('whole') });
    const before = await contents(path('whole'));
    await remove(corpus, B.ids.slice(0, 20));
    const { corpus: loaded } = await call('corpus.load', { folder: path('whole') });
    await expectLike(loaded as string, [A, B], 'l2', gone);
    await append(client, loaded as string, rowsOf(part(100, 8, 90_000, ['ox'])));
    await remove(loaded as string, B.ids.slice(40, 60));
    await call('corpus.compact', { corpus: loaded });
    await call('corpus.close', { corpus });
    await call('corpus.close', { corpus: loaded });
    expect(await contents(path('whole'))).toEqual(before);
    const { corpus: again } = await call('corpus.load', { folder: path('whole') });
    await expectLike(again as string, [A, B], 'l2', gone);
  });

  test('of a loaded one can be saved, and loaded without the first', async () => {
    const { corpus: one } = await call('corpus.load', { folder: await saved('first') });
    await remove(one as string, A.ids.slice(0, 1));
    await call('corpus.save', { corpus: one, folder: path('second') });
    await call('corpus.close', { corpus: one });
    await rm(path('first'), { recursive: true });
    const { corpus: two } = await call('corpus.load', { folder: path('second') });
    await expectLike(two as string, [A, B], 'ip', new Set(A.ids.slice(0, 1)));
  });

  async function saved(name: string, metric: Metric = 'ip'): Promise<string> {
    const corpus = await made([A, B], metric);
    await remove(corpus, [B.ids[0] ?? NaN]);
    await call('corpus.save', { corpus, folder: path(name) });
    await call('corpus.close', { corpus });
    const loaded = await call('corpus.load', { folder: path(name) });
    await call('corpus.close', { corpus: loaded['corpus'] });
    return path(name);
  }

  test('goes nowhere where something is already, and nothing of a refused one stays', async () => {
    const corpus = await made();
    await writeFile(path('file'), 'mine');
    await symlink(scratch, path('link'));
    for (const folder of [scratch, path('file'), path('link')]) {
      await expect(call('corpus.save', { corpus, folder })).rejects.toMatchObject({
        code: 'conflict',
        field: 'folder'
      });
    }
    for (const folder of [undefined, 'relative', 7, '/tmp/\0']) {
      await expect(call('corpus.save', { corpus, folder })).rejects.toMatchObject({
        code: 'invalid-input',
        field: 'folder'
      });
    }
    expect(await readFile(path('file'), 'utf8')).toBe('mine');
    expect((await readdir(scratch)).filter(name => name.endsWith('.part'))).toEqual([]);
  });

  type Manifest = { readonly parts: readonly object[] } & Readonly<Record<string, unknown>>;
  const manifest = async (folder: string, change: (manifest: Manifest) => unknown): Promise<void> => {
    const file = join(folder, 'manifest.json');
    const read = JSON.parse(await readFile(file, 'utf8')) as Manifest;
    await writeFile(file, JSON.stringify(change(read) ?? read));
  };
  const firstPart = (change: object) => (folder: string) =>
    manifest(folder, each => ({ ...each, parts: [{ ...each.parts[0], ...change }, each.parts[1]] }));

  /** Makes a file anew: what it was may be linked from elsewhere. */
  const spoil = (file: string, change: (bytes: Buffer) => unknown) => async (folder: string) => {
    const bytes = await readFile(join(folder, file));
    change(bytes);
    await rm(join(folder, file));
    await writeFile(join(folder, file), bytes);
  };
  const spoilIds = spoil('p0.ids.i64', ids => ids.fill(0xff, 0, 8));
  const inManifest = (make: (file: string) => unknown) => async (folder: string) => {
    await rm(join(folder, 'manifest.json'));
    await make(join(folder, 'manifest.json'));
  };

  test.each<[string, (folder: string) => Promise<unknown>, string, RegExp]>([
    [
      'items that are cut off',
      folder => truncate(join(folder, 'p0.items.f32'), 100),
      'invalid-input',
      /p0.items.f32 has 100 bytes: want 192000/
    ],
    [
      'items that go on',
      folder => truncate(join(folder, 'p0.items.f32'), 2 ** 20),
      'invalid-input',
      /has 1048576 bytes/
    ],
    [
      'tombstones that are cut off',
      folder => truncate(join(folder, 'removed-0.u8'), 10),
      'invalid-input',
      /removed-0.u8 has 10 bytes: want 4100/
    ],
    ['ids that are none', spoilIds, 'invalid-input', /the id of row 0 is -1/],
    ['no ids', folder => rm(join(folder, 'p1.ids.i64')), 'invalid-input', /p1.ids.i64 is missing/],
    [
      'a link for a file',
      async folder => {
        await rm(join(folder, 'p1.ids.i64'));
        await symlink('/etc/passwd', join(folder, 'p1.ids.i64'));
      },
      'invalid-input',
      /p1.ids.i64 is missing/
    ],
    ['a part that lies elsewhere', firstPart({ from: '/etc' }), 'invalid-input', /lies somewhere else/],
    ['a part named as a path', firstPart({ name: '../p0' }), 'invalid-input', /parts\[0\].name/],
    ['more rows than memory', firstPart({ rows: 2 ** 31 - 1 }), 'invalid-input', /p0.items.f32 has/],
    ['rows that are no number', firstPart({ rows: -1 }), 'invalid-input', /parts\[0\].rows/],
    [
      'tombstones named as a path',
      folder => manifest(folder, each => ({ ...each, removed: '../removed-0.u8' })),
      'invalid-input',
      /removed/
    ],
    [
      'something nobody knows',
      folder => manifest(folder, each => ({ ...each, script: 'rm' })),
      'invalid-input',
      /script/
    ],
    [
      'another version',
      folder => manifest(folder, each => ({ ...each, version: 2 })),
      'unsupported-version',
      /version 2: want 1/
    ],
    [
      'a part named twice',
      folder => manifest(folder, each => ({ ...each, parts: [each.parts[0], each.parts[0]] })),
      'invalid-input',
      /each name of a part once/
    ],
    ['an id twice', spoil('p1.ids.i64', ids => ids.copyWithin(8, 0, 8)), 'invalid-input', /both have the id 20000/],
    [
      'a tombstone of 2',
      spoil('removed-0.u8', bytes => bytes.writeUInt8(2, 7)),
      'invalid-input',
      /tombstone of row 7 is 2/
    ],
    ['a category nobody knows', spoil('p1.column-0', codes => codes.writeInt32LE(4, 4)), 'invalid-input', /row 3001/],
    [
      'NaN in an item',
      spoil('p1.items.f32', items => items.writeFloatLE(NaN, 4 * D)),
      'invalid-input',
      /p1.items.f32, row 1: want finite/
    ],
    ['a norm too small', firstPart({ maxNorm: 0.5 }), 'invalid-input', /its norm is .*maxNorm is 0.5/],
    [
      'a link for a manifest',
      inManifest(file => symlink('/etc/hostname', file)),
      'invalid-input',
      /manifest.json is a link/
    ],
    [
      'a pipe for a manifest',
      inManifest(file => execFileSync('mkfifo', [file])),
      'invalid-input',
      /manifest.json is no file/
    ],
    [
      'a manifest of gigabytes',
      inManifest(file => writeFile(file, '').then(() => truncate(file, 2 ** 32))),
      'invalid-input',
      /4294967296 bytes: want at most 64 MiB/
    ],
    ['no JSON', folder => writeFile(join(folder, 'manifest.json'), '{'), 'invalid-input', /no JSON/],
    ['no manifest', folder => rm(join(folder, 'manifest.json')), 'not-found', /holds no corpus/]
  ])('with %s is refused, and nothing is left of it', async (name, tamper, code, message) => {
    const folder = await saved(`tampered-${name.replaceAll(' ', '-')}`);
    const before = (await runtime.dataFolders()).length;
    await tamper(folder);
    await expect(call('corpus.load', { folder })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message)
    });
    await until('its files are gone', async () => (await runtime.dataFolders()).length === before);
  });

  test.each<[Metric, string, (items: Buffer) => unknown, RegExp]>([
    ['l2', 'p0.norms.f32', norms => norms.writeFloatLE(-1, 8), /row 2: its squared norm is .* and 1 is kept/],
    ['cosine', 'p1.items.f32', items => items.fill(0, 0, 4 * (D - 1)), /row 0: its norm is .*: want 1/]
  ])('by %s with %s that do not fit is refused, by the name of its folder', async (metric, file, change, message) => {
    const folder = await saved(`tampered-${metric}`, metric);
    await spoil(file, change)(folder);
    const load = call('corpus.load', { folder });
    await expect(load).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringMatching(message) });
    await expect(load).rejects.toMatchObject({ message: expect.stringContaining(folder) });
  });

  test.each([undefined, 'relative', '', 7, '/tmp/\0x'])('is not looked for in %j', async folder => {
    await expect(call('corpus.load', { folder })).rejects.toMatchObject({ code: 'invalid-input', field: 'folder' });
  });
});
