import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from './corpus/manifest.js';
import {
  adoptFolder,
  foldersThere,
  type DataFolders,
  isLeftover,
  isOurs,
  leavePlaces,
  makeDataFolder,
  makePrivate
} from './data-folder.js';

const uid = process.getuid?.() ?? 0;
let scratch = '';
let folders: DataFolders;
let inMemory = '';
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'berth-data-'));
  await mkdir(join(scratch, 'own'), { mode: 0o700 });
  await mkdir(join(scratch, 'shm'), { mode: 0o777 });
  folders = { folder: join(scratch, 'own'), memory: join(scratch, 'shm'), uid };
  const { dev, ino } = await lstat(folders.folder);
  inMemory = join(scratch, 'shm', `berth-recsys-${uid}-${dev}-${ino}`);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

describe('makePrivate', () => {
  const refused = expect.objectContaining({
    code: 'conflict',
    message: expect.stringMatching(/not a folder of one's own/)
  });

  test('makes a folder that nobody else may enter, with those above it', async () => {
    await makePrivate(join(scratch, 'a', 'b'), uid);
    expect((await lstat(join(scratch, 'a', 'b'))).mode & 0o777).toBe(0o700);
    await makePrivate(join(scratch, 'a', 'b'), uid);
  });

  test.each([0o755, 0o750, 0o701, 0o777])('refuses one of mode %o', async mode => {
    await chmod(folders.folder, mode);
    await expect(makePrivate(folders.folder, uid)).rejects.toEqual(refused);
  });

  test('refuses a link to one, and one of somebody else', async () => {
    await symlink(folders.folder, join(scratch, 'link'));
    await expect(makePrivate(join(scratch, 'link'), uid)).rejects.toEqual(refused);
    await expect(makePrivate(folders.folder, uid + 1)).rejects.toEqual(refused);
  });

  test('refuses a file', async () => {
    await writeFile(join(scratch, 'file'), '');
    await expect(makePrivate(join(scratch, 'file'), uid)).rejects.toThrow();
  });
});

describe('makeDataFolder', () => {
  test('takes memory where there is room, in a folder of this person only', async () => {
    expect(await makeDataFolder(folders, 77, 1, { bytes: 1000 })).toBe(join(inMemory, '77-1'));
    expect((await lstat(inMemory)).mode & 0o777).toBe(0o700);
    expect((await lstat(join(inMemory, '77-1'))).mode & 0o777).toBe(0o700);
  });

  test('takes the disk where there is no memory, and says so where neither has room', async () => {
    expect(await makeDataFolder({ ...folders, memory: undefined }, 77, 1, { bytes: 1000 })).toBe(
      join(folders.folder, 'data', '77-1')
    );
    expect(await makeDataFolder({ ...folders, memory: '/no/such' }, 77, 2, { bytes: 1000 })).toBe(
      join(folders.folder, 'data', '77-2')
    );
    await expect(makeDataFolder(folders, 77, 1, { bytes: 2 ** 60 })).rejects.toMatchObject({
      code: 'memory-exceeded',
      message: expect.stringContaining(String(2 ** 60))
    });
  });

  test('takes the disk for what is there because memory is short', async () => {
    const wanted = { bytes: 1000, isOnDisk: true };
    expect(await makeDataFolder(folders, 77, 1, wanted)).toBe(join(folders.folder, 'data', '77-1'));
  });

  test('does not follow a link that somebody has put there', async () => {
    await mkdir(join(scratch, 'theirs'), { mode: 0o700 });
    await symlink(join(scratch, 'theirs'), inMemory);
    await expect(makeDataFolder(folders, 77, 1, { bytes: 1000 })).rejects.toMatchObject({ code: 'conflict' });
    expect(await readdir(join(scratch, 'theirs'))).toEqual([]);
  });

  test('passes over numbers that are taken: in a container they come again', async () => {
    await makeDataFolder(folders, 77, 1, { bytes: 10 });
    expect(await makeDataFolder(folders, 77, 1, { bytes: 10 })).toBe(join(inMemory, '77-2'));
  });
});

describe('leftovers', () => {
  test('are the folders of corpora that lay in its own places before a runtime, and no others', async () => {
    const places = [inMemory, join(folders.folder, 'data')];
    for (const name of ['77-1', 'notes', '77-x', 'x77-1']) {
      for (const place of [...places, join(scratch, 'shm', `berth-recsys-${uid}-1-2`)]) {
        await mkdir(join(place, name), { recursive: true, mode: 0o700 });
      }
    }
    const earlier = await foldersThere(folders);
    expect([...earlier].sort()).toEqual(places.map(place => join(place, '77-1')).sort());
    const made = await makeDataFolder(folders, 78, 1, { bytes: 10 });
    const now = { ...folders, earlier };
    expect([join(inMemory, '77-1'), made].map(folder => isLeftover(now, folder))).toEqual([true, false]);
    expect(await Promise.all([made, scratch].map(folder => isOurs(now, folder)))).toEqual([true, false]);
  });

  test('are none where nothing is', async () => {
    expect([...(await foldersThere({ ...folders, memory: undefined }))]).toEqual([]);
  });

  test('a place in memory stays only while something lies in it', async () => {
    const made = await makeDataFolder(folders, 78, 1, { bytes: 10 });
    await leavePlaces(folders);
    expect(await readdir(inMemory)).toEqual(['78-1']);
    await rm(made, { recursive: true });
    await leavePlaces(folders);
    await expect(lstat(inMemory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('adoptFolder', () => {
  const manifest = (change: object = {}): Manifest => ({
    version: 1,
    name: '',
    metric: 'ip',
    dimensions: 1,
    hasIds: false,
    columns: [],
    categories: {},
    parts: [{ name: 'p0', rows: 1, maxNorm: 1 }],
    nextId: 1,
    ...change
  });

  test('moves what a runtime has left', async () => {
    const [left, target] = [join(scratch, 'left'), await makeDataFolder(folders, 77, 1, { bytes: 10 })];
    await mkdir(left);
    await writeFile(join(left, 'p0.items.f32'), 'x');
    await adoptFolder(left, target, manifest(), true);
    expect(await readdir(target)).toEqual(['p0.items.f32']);
    await expect(lstat(left)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('leaves a snapshot where it is, and copies only what will change', async () => {
    const [snapshot, target] = [join(scratch, 'snapshot'), await makeDataFolder(folders, 77, 1, { bytes: 10 })];
    await mkdir(snapshot);
    for (const file of ['p0.items.f32', 'removed-3.u8']) await writeFile(join(snapshot, file), 'x');
    await adoptFolder(snapshot, target, manifest({ removed: 'removed-3.u8' }), false);
    expect((await readdir(target)).sort()).toEqual(['manifest.json', 'removed-3.u8']);
    expect(JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'))).toMatchObject({
      removed: 'removed-3.u8',
      parts: [{ name: 'p0', from: snapshot }]
    });
    expect((await readdir(snapshot)).sort()).toEqual(['p0.items.f32', 'removed-3.u8']);
  });
});
