/** Corpora that grow and shrink: searches are those of the rows that are left, by the definition. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { A, B, changesWith, D, part, rowsOf } from './testing/changed-corpus.js';
import { append, fill, makeCorpus, type RuntimeClient, search } from './testing/runtime-client.js';
import { RuntimeProcess } from './testing/runtime-process.js';
import { gaussians, type Metric } from './testing/twin.js';

let runtime: RuntimeProcess;
let client: RuntimeClient;
beforeAll(async () => {
  runtime = await RuntimeProcess.start();
  client = await runtime.connect();
});
afterAll(() => runtime.end());

const { made, expectLike, call, remove } = changesWith(() => client);

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
    const { ids } = await search(client, { corpus, k: 4100 }, { queries: [gaussians(D, 1), 1, D] });
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

describe('a file that cannot be removed or written', () => {
  const folderInUse = async (): Promise<string> => (await runtime.dataFolders()).slice(-1)[0] ?? '';

  test('once rows are added takes none of them away', async () => {
    const corpus = await made([A]);
    const folder = await folderInUse();
    await remove(corpus, A.ids.slice(0, 5));
    await rm(join(folder, 'removed-0.u8'));
    await mkdir(join(folder, 'removed-0.u8')); // which the seal wants to remove as a file
    await append(client, corpus, rowsOf(B));
    await expectLike(corpus, [A, B], 'ip', new Set(A.ids.slice(0, 5)));
    expect(await readdir(folder)).toContain('p1.items.f32');
    await remove(corpus, B.ids.slice(0, 5));
    await expectLike(corpus, [A, B], 'ip', new Set([...A.ids.slice(0, 5), ...B.ids.slice(0, 5)]));
    await call('corpus.close', { corpus });
  });

  test('leaves a corpus that is compacted as it was', async () => {
    const corpus = await made([A, B]);
    const folder = await folderInUse();
    await remove(corpus, A.ids.slice(0, 5));
    await mkdir(join(folder, 'p2.ids.i64'));
    const before = (await readdir(folder)).sort();
    await expect(call('corpus.compact', { corpus })).rejects.toMatchObject({ code: 'internal' });
    expect((await readdir(folder)).sort()).toEqual(before);
    await expectLike(corpus, [A, B], 'ip', new Set(A.ids.slice(0, 5)));
    await rm(join(folder, 'p2.ids.i64'), { recursive: true });
    expect(await call('corpus.compact', { corpus })).toMatchObject({ rows: 4095, parts: 1 });
    await expectLike(corpus, [A, B], 'ip', new Set(A.ids.slice(0, 5)));
    await call('corpus.close', { corpus });
  });
});
