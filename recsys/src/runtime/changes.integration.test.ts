/** Corpora that grow, shrink, are saved and loaded: searches are those of the rows that are left, by the definition. */
import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { append, type Column, fill, makeCorpus, type RuntimeClient, search, views } from './testing/runtime-client.js';
import { RuntimeProcess, until } from './testing/runtime-process.js';
import { gaussians, type Metric, searchTwin } from './testing/twin.js';

const [D, K] = [16, 10];
const QUERIES = gaussians(4 * D, 1);

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

/** Rows as a client has them, with the texts of their category. */
interface Part {
  readonly items: Float32Array;
  readonly ids: readonly number[];
  readonly kinds: readonly string[];
}

function part(rows: number, seed: number, firstId: number, texts: readonly string[]): Part {
  const ids = Array.from({ length: rows }, (_, row) => firstId + row * 3);
  return { items: gaussians(rows * D, seed), ids, kinds: ids.map(id => texts[id % texts.length] ?? '') };
}

function columnsOf({ kinds }: Part): Column[] {
  const texts = [...new Set(kinds)].sort();
  return [{ name: 'kind', kind: 'category', values: Int32Array.from(kinds, kind => texts.indexOf(kind)), texts }];
}

const rowsOf = (each: Part) => ({
  items: each.items,
  dimensions: D,
  ids: BigInt64Array.from(each.ids, BigInt),
  columns: columnsOf(each)
});

const A = part(3000, 2, 10, ['ox', 'bee', 'cat']);
const B = part(1100, 3, 20_000, ['dog', 'cat']);

async function made(parts: readonly Part[] = [A, B], metric: Metric = 'ip'): Promise<string> {
  const [first, ...others] = parts;
  const corpus = await makeCorpus(client, { ...rowsOf(first as Part), metric });
  for (const other of others) await append(client, corpus, rowsOf(other));
  return corpus;
}

/** The corpus answers as one of just these parts, without what was removed; by kind too. */
async function expectLike(corpus: string, parts: readonly Part[], metric: Metric = 'ip', removed = new Set<number>()) {
  const items = Float32Array.from(parts.flatMap(each => [...each.items]));
  const [ids, kinds] = [parts.flatMap(each => each.ids), parts.flatMap(each => each.kinds)];
  const queries = [QUERIES, QUERIES.length / D, D] as const;
  for (const kind of [undefined, 'cat', 'dog']) {
    const isKept = (row: number): boolean =>
      !removed.has(ids[row] ?? NaN) && (kind === undefined || kinds[row] === kind);
    const want = searchTwin({ items, dimensions: D, metric, queries: QUERIES, k: K, isKept });
    const where = { op: 'compare', column: 'kind', is: '==', value: kind };
    const found = await search(client, { corpus, k: K, ...(kind === undefined ? {} : { where }) }, { queries });
    expect(found.ids).toEqual(want.ids.map(rows => rows.map(row => ids[row])));
    expect(found.scores).toEqual(want.scores);
  }
}

const call = async (method: string, params: object, arrays = {}) =>
  (await client.call(method, { ...params }, { arrays: views(arrays) })).result;
const remove = (corpus: string, ids: readonly number[]) =>
  call('corpus.remove', { corpus }, { ids: BigInt64Array.from(ids, BigInt) });

describe.each<Metric>(['ip', 'cosine', 'l2'])('by %s', metric => {
  test('rows come, go and are packed together, and the answers follow', async () => {
    const corpus = await made([A, B], metric);
    await expectLike(corpus, [A, B], metric);
    const gone = [...A.ids.slice(0, 500), ...B.ids.slice(7, 200), 999_999];
    expect(await remove(corpus, gone)).toMatchObject({ rows: 4100, live: 4100 - 693, parts: 2 });
    await expectLike(corpus, [A, B], metric, new Set(gone));
    const c = part(200, 4, 50_000, ['eel']);
    await append(client, corpus, rowsOf(c));
    await remove(corpus, c.ids.slice(0, 3));
    const allGone = new Set([...gone, ...c.ids.slice(0, 3)]);
    await expectLike(corpus, [A, B, c], metric, allGone);
    expect(await call('corpus.compact', { corpus })).toMatchObject({ rows: 4300 - 696, live: 4300 - 696, parts: 1 });
    await expectLike(corpus, [A, B, c], metric, allGone);
    const [inUse] = (await runtime.dataFolders()).slice(-1);
    expect((await readdir(inUse ?? '')).filter(name => name.startsWith('removed') || name.startsWith('p0'))).toEqual(
      []
    );
  });
});

describe('rows that are added', () => {
  test('have ids of their own where nobody gives any, and never those of a removed row', async () => {
    const corpus = await makeCorpus(client, { items: A.items, dimensions: D });
    await remove(corpus, [2999, 0]);
    await append(client, corpus, { items: B.items, dimensions: D });
    const { ids } = await search(client, { corpus, k: 4100 }, { queries: [QUERIES.subarray(0, D), 1, D] });
    expect([...(ids[0] ?? [])].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 4100 }, (_, id) => id).filter(id => id !== 0 && id !== 2999)
    );
  });

  test('and are refused leave the corpus as it was, and can be given again', async () => {
    const corpus = await made([A]);
    const twice = { ...B, ids: [...B.ids.slice(0, -1), A.ids[5] ?? NaN] };
    await expect(append(client, corpus, rowsOf(twice))).rejects.toMatchObject({ code: 'invalid-input', field: 'ids' });
    await expectLike(corpus, [A]);
    await append(client, corpus, rowsOf(B));
    await expectLike(corpus, [A, B]);
  });

  test('may be sealed in another order than they were asked for', async () => {
    const corpus = await made([A]);
    const [first, second] = [part(100, 5, 70_000, ['cat']), part(50, 6, 80_000, ['dog'])];
    const parts = await Promise.all([
      call('corpus.append', { corpus, rows: 100 }),
      call('corpus.append', { corpus, rows: 50 })
    ]);
    await fill(client, { ...parts[1], corpus }, rowsOf(second));
    await fill(client, { ...parts[0], corpus }, rowsOf(first));
    await expectLike(corpus, [A, second, first]);
  });

  test('while the corpus is compacted are not overwritten', async () => {
    const corpus = await made([A, B]);
    const open = await call('corpus.append', { corpus, rows: 200 });
    await remove(corpus, A.ids.slice(0, 10));
    await call('corpus.compact', { corpus });
    const late = part(200, 7, 90_000, ['cat', 'dog']);
    await fill(client, { ...open, corpus }, rowsOf(late));
    await expectLike(corpus, [A, B, late], 'ip', new Set(A.ids.slice(0, 10)));
  });
});

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

  async function saved(name: string): Promise<string> {
    const corpus = await made();
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

  async function spoilIds(folder: string): Promise<void> {
    const ids = await readFile(join(folder, 'p0.ids.i64'));
    await rm(join(folder, 'p0.ids.i64'));
    await writeFile(join(folder, 'p0.ids.i64'), ids.fill(0xff, 0, 8));
  }

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

  test.each([undefined, 'relative', '', 7, '/tmp/\0x'])('is not looked for in %j', async folder => {
    await expect(call('corpus.load', { folder })).rejects.toMatchObject({ code: 'invalid-input', field: 'folder' });
  });
});
