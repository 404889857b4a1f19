import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announce, withdraw } from './announcement.js';
import { requirePrivate } from './require-private.js';
import { drain, listenPrivately } from './unix-server.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-unix-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('only the owner can connect, and the umask of the process is as before', async () => {
  const server = createServer();
  const path = join(folder, 's');
  const umask = process.umask();
  await listenPrivately(server, path);
  expect(await modeOf(path)).toBe(0o600);
  expect(process.umask()).toBe(umask);
  await drain(server, AbortSignal.abort());
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('a socket where somebody answers is left alone', async () => {
  const first = createServer((_req, res) => res.end());
  const path = join(folder, 's');
  await listenPrivately(first, path);
  await expect(listenPrivately(createServer(), path)).rejects.toThrow('another gateway answers');
  expect((await stat(path)).isSocket()).toBe(true);
  await drain(first, AbortSignal.abort());
});

test('a file in the way is left alone', async () => {
  const path = join(folder, 's');
  await writeFile(path, 'precious');
  await expect(listenPrivately(createServer(), path)).rejects.toThrow('it is no socket');
  expect((await stat(path)).size).toBe(8);
});

test('the announcement is private, replaces an older one, and only its writer withdraws it', async () => {
  const path = join(folder, 'gateway.json');
  await writeFile(path, '{"pid": 1}', { mode: 0o644 });
  await announce(folder, { version: '1', pid: 7, socket: '/s', token: 't', startedAtMs: 5 });
  expect(await modeOf(path)).toBe(0o600);
  await withdraw(folder, 8);
  expect((await stat(path)).isFile()).toBe(true);
  await withdraw(folder, 7);
  await expect(stat(path)).rejects.toThrow('ENOENT');
  await withdraw(folder, 7);
});

test('a missing folder is made private, a shared one is refused but not changed', async () => {
  await requirePrivate(join(folder, 'new'));
  expect(await modeOf(join(folder, 'new'))).toBe(0o700);
  await expect(requirePrivate(tmpdir())).rejects.toThrow('a folder of its own');
  expect(await modeOf(tmpdir())).toBe(0o777);
});
