import { link, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimSocket, releaseSocket } from './claimed-socket.js';

let folder = '';
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-socket-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

function makeServer(): Server {
  const server = createServer(socket => socket.end());
  servers.push(server);
  return server;
}

async function connects(): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(join(folder, 'runtime.sock'));
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** What a killed process leaves: a socket that nobody listens on. */
async function leaveSocket(): Promise<void> {
  const server = makeServer();
  await claimSocket(server, folder, 1);
  // Closing removes the name that was listened on, and leaves the common one, as a kill does.
  await new Promise(resolve => server.close(resolve));
}

test.each([false, true])(
  'of many that start at once two have the socket, or none (left by a killed one: %s)',
  async isLeft => {
    for (let round = 0; round < 20; round += 1) {
      if (isLeft) await leaveSocket();
      const starting = Array.from({ length: 5 }, (_, index) => ({ server: makeServer(), pid: 10 + index }));
      const claimed = await Promise.all(starting.map(({ server, pid }) => claimSocket(server, folder, pid)));
      expect(claimed.filter(Boolean)).toHaveLength(1);
      expect(await connects()).toBe(true);
      const { server, pid } = starting[claimed.indexOf(true)] ?? { server: makeServer(), pid: 0 };
      await releaseSocket(server, folder, pid);
      expect(await readdir(folder)).toEqual([]);
    }
  }
);

test('what a process has left that was killed while it cleared up is cleared up too', async () => {
  await leaveSocket();
  const { ino } = await stat(join(folder, 'runtime.sock'));
  const killed = makeServer();
  await new Promise<void>(resolve => killed.listen(join(folder, 'killed'), resolve));
  await link(join(folder, 'killed'), join(folder, `.d${ino}`));
  await new Promise(resolve => killed.close(resolve));
  const server = makeServer();
  expect(await claimSocket(server, folder, 2)).toBe(true);
  await releaseSocket(server, folder, 2);
  expect(await readdir(folder)).toEqual([]);
});

test('one that ends takes the socket of its successor along', async () => {
  const [first, second] = [makeServer(), makeServer()];
  await claimSocket(first, folder, 1);
  await rm(join(folder, 'runtime.sock'));
  expect(await claimSocket(second, folder, 2)).toBe(true);
  await releaseSocket(first, folder, 1);
  expect(await connects()).toBe(true);
});
