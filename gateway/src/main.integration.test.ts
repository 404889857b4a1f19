/** The bundle as it ships, as a process of its own. `npm run build` makes it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Announcement } from './http/announcement.js';
import { findUv } from './platform/local/environments/tiny-packages.testkit.js';
import { open as openAnswer, type Received, send } from './http/testing/unix-client.js';

const BUNDLE = fileURLToPath(new URL('../dist/gateway.mjs', import.meta.url));
/** Processes start slowly on a machine that has much to do. */
jest.setTimeout(60_000);

let folder = '';
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-main-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Gateway {
  readonly child: ChildProcess;
  readonly announced: Announcement;
  readonly headers: Record<string, string>;
  readonly ended: Promise<{ code: unknown; signal: unknown }>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Received>;
}

const dataFolder = (): string => join(folder, 'data');
const socketPath = (): string => join(folder, 'run', 's');

function launch(env: Record<string, string> = {}, stdin: 'ignore' | number = 'ignore'): ChildProcess {
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const settings = {
    BERTH_DATA_DIR: dataFolder(),
    BERTH_CACHE_DIR: join(folder, 'cache'),
    BERTH_KERNELS_DIR: join(folder, 'kernels'),
    BERTH_SOCKET: socketPath(),
    BERTH_UV: findUv() ?? '/usr/bin/true',
    BERTH_PYTHON: python,
    BERTH_CHECK_ANSWERS: '1'
  };
  const child = spawn(process.execPath, ['--enable-source-maps', BUNDLE], {
    env: { PATH: process.env['PATH'], HOME: folder, ...settings, ...env },
    stdio: [stdin, 'inherit', 'pipe']
  });
  started.push(child);
  return child;
}

type Line = Record<string, unknown> & { message: string };

/** The next line of the log with this message. */
async function logged(child: ChildProcess, message: string): Promise<Line> {
  if (child.stderr === null) throw new Error('no log');
  const seen: string[] = [];
  for await (const text of createInterface({ input: child.stderr })) {
    seen.push(text);
    const line = JSON.parse(text) as Line;
    if (line.message === message) return line;
  }
  throw new Error(`"${message}" was not logged, but:\n${seen.join('\n')}`);
}

async function start(env: Record<string, string> = {}, stdin: 'ignore' | number = 'ignore'): Promise<Gateway> {
  const child = launch(env, stdin);
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => ({ code, signal }));
  await logged(child, 'gateway listens');
  child.stderr?.resume();
  const announced = JSON.parse(await readFile(join(dataFolder(), 'gateway.json'), 'utf8')) as Announcement;
  const headers = { authorization: `Bearer ${announced.token}`, 'x-berth-user': 'ada', 'x-berth-root': '%2Ftmp' };
  const get: Gateway['get'] = (path, more = {}) => send(announced.socket, { path, headers: { ...headers, ...more } });
  return { child, announced, headers, ended, get };
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

async function nothingIsLeft(): Promise<void> {
  expect((await readdir(dataFolder())).filter(name => name.includes('gateway'))).toEqual([]);
  await expect(stat(socketPath())).rejects.toThrow('ENOENT');
}

test('it announces itself, privately, and answers who knows the token', async () => {
  const { child, announced, get } = await start();
  expect(announced).toMatchObject({ version: '0.1.0', pid: child.pid, socket: socketPath() });
  expect(Math.abs(Date.now() - announced.startedAtMs)).toBeLessThan(60_000);
  expect(await modeOf(dataFolder())).toBe(0o700);
  expect(await modeOf(join(folder, 'run'))).toBe(0o700);
  expect(await modeOf(join(dataFolder(), 'gateway.json'))).toBe(0o600);
  expect(await modeOf(socketPath())).toBe(0o600);

  const { token: _token, socket: _socket, ...health } = announced;
  expect((await get('/internal/health')).json()).toEqual({ ...health, leases: 0 });
  expect((await get('/internal/health', { authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await get('/api/v1/offers')).json()).toMatchObject({ offers: [{ id: 'cpu' }] });
  expect((await get('/api/v1/environments')).json()).toMatchObject({
    environments: [{ name: 'default', state: 'absent' }]
  });
});

test('it goes on while a lease is held, ends by itself after the last, and leaves nothing behind', async () => {
  const { announced, headers, ended, get } = await start({ BERTH_LINGER_MS: '0' });
  const [first, second] = await Promise.all(
    [1, 2].map(() => openAnswer(announced.socket, { path: '/internal/lease', headers }))
  );
  expect((await get('/internal/health')).json()).toMatchObject({ leases: 2 });
  first?.destroy();
  while ((await get('/internal/health')).json<{ leases: number }>().leases === 2);
  second?.destroy();
  expect(await ended).toEqual({ code: 0, signal: null });
  await nothingIsLeft();
});

test('it ends when nobody ever takes a lease', async () => {
  const child = launch({ BERTH_START_LINGER_MS: '100' });
  const ended = once(child, 'exit');
  await logged(child, 'gateway ends');
  child.stderr?.resume();
  expect(await ended).toEqual([0, null]);
  await nothingIsLeft();
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it in good order: streams are told, leases end', async signal => {
  const { child, announced, headers, ended } = await start();
  const lease = await openAnswer(announced.socket, { path: '/internal/lease', headers });
  lease.resume();
  const leaseEnded = once(lease, 'end');
  const stream = new WebSocket(`ws+unix://${announced.socket}:/api/v1/events`, { headers });
  await once(stream, 'message');
  const closed = once(stream, 'close');
  child.kill(signal);
  expect((await closed)[0]).toBe(1001);
  await leaseEnded;
  expect(await ended).toEqual({ code: 0, signal: null });
  await nothingIsLeft();
});

test('a second signal ends it at once', async () => {
  const { child, announced, headers, ended } = await start();
  const deaf = new WebSocket(`ws+unix://${announced.socket}:/api/v1/events`, { headers });
  await once(deaf, 'message');
  deaf.pause(); // it will not answer the close, so the gateway waits for it
  child.kill('SIGTERM');
  while ((await stat(socketPath()).catch(() => undefined)) !== undefined);
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 1, signal: null });
  deaf.terminate();
});

test('after a kill the next one starts over what is left, with another token', async () => {
  const first = await start();
  first.child.kill('SIGKILL');
  expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' });
  expect((await stat(socketPath())).isSocket()).toBe(true);
  const second = await start();
  expect(second.announced.token).not.toBe(first.announced.token);
  expect((await second.get('/internal/health')).status).toBe(200);
  expect((await second.get('/internal/health', first.headers)).status).toBe(401);
});

test('where one answers already, another does not start and changes nothing', async () => {
  const first = await start();
  const line = await logged(launch(), 'gateway cannot start');
  expect(line['problem']).toContain('another gateway answers');
  expect((await first.get('/internal/health')).status).toBe(200);
  expect(JSON.parse(await readFile(join(dataFolder(), 'gateway.json'), 'utf8'))).toEqual(first.announced);
});

test('settings that are wrong are all named, and it does not start', async () => {
  const child = launch({ BERTH_SOCKET: 'relative', BERTH_LINGER_MS: 'soon' });
  const ended = once(child, 'exit');
  const line = await logged(child, 'gateway cannot start');
  expect(line['problem']).toContain(
    'BERTH_SOCKET=relative: want an absolute path\n  BERTH_LINGER_MS=soon: want an integer'
  );
  expect((await ended)[0]).toBe(1);
});

test('the lock file on its standard input stays locked as long as it lives', async () => {
  const path = join(folder, 'lock');
  await writeFile(path, '');
  const file = await open(path, 'r');
  execFileSync('flock', ['-n', '0'], { stdio: [file.fd, 'inherit', 'inherit'] }); // the lock belongs to the open file
  const gateway = await start({}, file.fd);
  await file.close();
  expect((await gateway.get('/api/v1/offers')).status).toBe(200);
  expect(await isLocked(path)).toBe(true);
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  expect(await isLocked(path)).toBe(false);
});

async function isLocked(path: string): Promise<boolean> {
  const file: FileHandle = await open(path, 'r');
  try {
    execFileSync('flock', ['-n', '0'], { stdio: [file.fd, 'ignore', 'ignore'] });
    return false;
  } catch {
    return true;
  } finally {
    await file.close();
  }
}
