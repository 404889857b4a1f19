import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import { ErrorBody, GatewayEvent, type RunView } from '../contract/index.js';
import { makeRun, scriptedPlatform, type ScriptedPlatform } from '../http/testing/scripted-platform.js';
import { serve, type Served } from '../http/testing/served.js';

const PATH = '/api/v1/events';
const MIB = 1024 * 1024;

let served: Served | undefined;
const clients: WebSocket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await served?.close();
  served = undefined;
});

async function start(platform: ScriptedPlatform = scriptedPlatform()): Promise<Served> {
  served = await serve(platform);
  return served;
}

/** A client that keeps what it is sent, each message held against the contract. */
class Client {
  readonly events: GatewayEvent[] = [];
  readonly closed: Promise<number>;
  private wake = (): void => undefined;

  constructor(readonly socket: WebSocket) {
    clients.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', data => {
      this.events.push(GatewayEvent.parse(JSON.parse((data as Buffer).toString())));
      this.wake();
    });
    this.closed = once(socket, 'close').then(([code]) => code as number);
  }

  /** Resolves when so many events are there. */
  async until(count: number): Promise<GatewayEvent[]> {
    while (this.events.length < count) await new Promise<void>(resolve => (this.wake = resolve));
    return this.events;
  }

  get cursors(): string[] {
    return this.events.map(event => event.cursor);
  }
}

const connect = (gateway: Served, query = ''): Client => new Client(gateway.connect(`${PATH}${query}`));
const log = (runId: string): { type: 'log'; runId: string; attempt: number } => ({ type: 'log', runId, attempt: 1 });
const bigRun = (id: string, bytes: number): RunView => makeRun(id, { name: 'x'.repeat(bytes) });

describe('the upgrade', () => {
  async function refusal(gateway: Served, path: string, headers = {}): Promise<[number, ErrorBody]> {
    const socket = gateway.connect(path, headers);
    socket.on('error', () => undefined);
    const [request, answer] = (await once(socket, 'unexpected-response')) as [{ destroy(): void }, IncomingMessage];
    const body = ErrorBody.parse(JSON.parse(await text(answer)));
    request.destroy();
    return [answer.statusCode ?? 0, body];
  }

  test.each([
    { name: 'a wrong token', path: PATH, headers: { authorization: 'Bearer wrong' }, want: [401, 'unauthenticated'] },
    { name: 'another path', path: '/api/v1/runs', headers: {}, want: [404, 'not-found'] },
    { name: 'nobody who asks', path: PATH, headers: { 'x-berth-root': 'relative' }, want: [400, 'invalid-input'] }
  ])('$name is refused in plain HTTP', async ({ path, headers, want }) => {
    const [status, body] = await refusal(await start(), path, headers);
    expect([status, body.code]).toEqual(want);
  });

  test('64 streams fit, the next is refused until one closes', async () => {
    const gateway = await start();
    const open = Array.from({ length: 64 }, () => connect(gateway));
    await Promise.all(open.map(client => client.until(1)));
    expect(await refusal(gateway, PATH)).toMatchObject([429, { code: 'too-many-requests' }]);
    open[0]?.socket.close();
    await open[0]?.closed;
    await connect(gateway).until(1);
  });
});

describe('what is sent', () => {
  test('first a hello with a snapshot, then each change once and in order', async () => {
    const platform = scriptedPlatform({ runs: async () => [makeRun('r1')] });
    const gateway = await start(platform);
    const client = connect(gateway);
    await client.until(1);
    platform.emit({ type: 'run', run: makeRun('r2') });
    platform.emit(log('r2'));
    platform.emit({ type: 'run-deleted', runId: 'r2' });
    platform.emit({ type: 'offers', offers: [] });
    expect(await client.until(5)).toMatchObject([
      {
        type: 'hello',
        cursor: 'epoch-0',
        resumed: false,
        snapshot: { runs: [{ id: 'r1' }], offers: [], environments: [] }
      },
      { type: 'run', cursor: 'epoch-1' },
      { type: 'log', cursor: 'epoch-2' },
      { type: 'run-deleted', cursor: 'epoch-3', runId: 'r2' },
      { type: 'offers', cursor: 'epoch-4' }
    ]);
  });

  test('what changes while the snapshot is taken follows it, once', async () => {
    let release = (_runs: RunView[]): void => undefined;
    let onAsked = (): void => undefined;
    const asked = new Promise<void>(resolve => (onAsked = resolve));
    const platform = scriptedPlatform({
      runs: () => {
        onAsked();
        return new Promise<RunView[]>(resolve => (release = resolve));
      }
    });
    const gateway = await start(platform);
    platform.emit(log('before'));
    const client = connect(gateway);
    await asked;
    for (const id of ['a', 'b']) platform.emit(log(id));
    release([]);
    await client.until(3);
    platform.emit(log('c'));
    await client.until(4);
    expect(client.cursors).toEqual(['epoch-1', 'epoch-2', 'epoch-3', 'epoch-4']);
  });

  test('a client that comes back gets what it missed, and no snapshot', async () => {
    const platform = scriptedPlatform();
    const gateway = await start(platform);
    for (const id of ['a', 'b', 'c']) platform.emit(log(id));
    const client = connect(gateway, '?cursor=epoch-1');
    await client.until(3);
    platform.emit(log('d'));
    expect(await client.until(4)).toMatchObject([
      { type: 'hello', cursor: 'epoch-1', resumed: true, snapshot: null },
      { type: 'log', cursor: 'epoch-2', runId: 'b' },
      { type: 'log', cursor: 'epoch-3', runId: 'c' },
      { type: 'log', cursor: 'epoch-4', runId: 'd' }
    ]);
  });

  test.each(['epoch-99', 'other-0', '', 'rubbish'])('with the cursor %j it starts from a snapshot', async cursor => {
    const client = connect(await start(), `?cursor=${cursor}`);
    expect(await client.until(1)).toMatchObject([{ type: 'hello', cursor: 'epoch-0', resumed: false, snapshot: {} }]);
  });

  test('a storm of changes reaches many clients, whole and in order', async () => {
    const platform = scriptedPlatform();
    const gateway = await start(platform);
    const early = connect(gateway);
    await early.until(1);
    for (let change = 0; change < 500; change += 1) platform.emit(log(`run-${change}`));
    const late = Array.from({ length: 5 }, () => connect(gateway, '?cursor=epoch-0'));
    await late[0]?.until(10);
    for (let change = 500; change < 1000; change += 1) platform.emit(log(`run-${change}`));
    const want = Array.from({ length: 1001 }, (_none, index) => `epoch-${index}`);
    for (const client of [early, ...late]) {
      await client.until(1001);
      expect(client.cursors).toEqual(want);
    }
  });
});

describe('bounds', () => {
  test('a client that says something is closed', async () => {
    const client = connect(await start());
    await client.until(1);
    client.socket.send('hello?');
    expect(await client.closed).toBe(4400);
  });

  test('a client that says a lot is not even read', async () => {
    const client = connect(await start());
    await client.until(1);
    client.socket.send('x'.repeat(1025));
    expect(await client.closed).toBe(1009);
  });

  test('a client that leaves 4 MiB unread is closed; others go on', async () => {
    const platform = scriptedPlatform();
    const gateway = await start(platform);
    const [slow, quick] = [connect(gateway), connect(gateway)];
    await Promise.all([slow.until(1), quick.until(1)]);
    slow.socket.pause();
    for (let change = 1; change <= 12; change += 1) {
      platform.emit({ type: 'run', run: bigRun(`r${change}`, MIB) });
      await quick.until(1 + change);
    }
    slow.socket.resume();
    expect(await slow.closed).toBe(4429);
    expect(slow.events.length).toBeLessThan(12);
    const back = connect(gateway, `?cursor=${slow.cursors.at(-1)}`);
    await back.until(14 - slow.events.length);
    expect([...slow.cursors, ...back.cursors.slice(1)]).toEqual(quick.cursors);
  });

  test('a snapshot larger than that is no reason to close', async () => {
    const platform = scriptedPlatform({ runs: async () => [bigRun('r1', 6 * MIB)] });
    const client = connect(await start(platform));
    await client.until(1);
    platform.emit(log('r1'));
    await client.until(2);
    expect(client.cursors).toEqual(['epoch-0', 'epoch-1']);
  });

  test('a client that misses a ping is cut off; one that answers stays', async () => {
    const gateway = await start();
    const [dead, alive] = [connect(gateway), connect(gateway)];
    await Promise.all([dead.until(1), alive.until(1)]);
    const pinged = once(alive.socket, 'ping');
    dead.socket.pause();
    gateway.timers.advance(30_000);
    await pinged;
    // The pong must be in before time goes on: one that is still answered proves it, for messages keep their order.
    await roundTrip(alive);
    expect(alive.events.at(-1)).toEqual({ type: 'alive', cursor: 'epoch-0' }); // a script in a browser sees no pings
    gateway.timers.advance(30_000);
    dead.socket.resume();
    expect(await dead.closed).toBe(1006);
    await roundTrip(alive);
  });

  /** A ping of the client's own: its pong comes after the server has seen all that was sent before. */
  async function roundTrip({ socket }: Client): Promise<void> {
    const pong = once(socket, 'pong');
    socket.ping();
    await pong;
  }

  test('a snapshot that cannot be taken closes the stream and is logged', async () => {
    const gateway = await start(scriptedPlatform({ runs: () => Promise.reject(new Error('disk')) }));
    const client = connect(gateway);
    expect(await client.closed).toBe(1011);
    expect(gateway.logged).toMatchObject([{ level: 'error', message: 'event stream failed' }]);
  });

  test('bytes that are no WebSocket handshake do no harm', async () => {
    const gateway = await start();
    const socket = connectSocket(gateway.socketPath);
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/);
    await connect(gateway).until(1);
  });
});

test('when the gateway ends, clients are told so, and those that do not listen are cut off', async () => {
  const gateway = await start();
  const [polite, deaf] = [connect(gateway), connect(gateway)];
  await Promise.all([polite.until(1), deaf.until(1)]);
  deaf.socket.pause();
  const patience = new AbortController();
  const closing = gateway.stream.close(patience.signal);
  expect(await polite.closed).toBe(1001);
  patience.abort();
  await closing;
  served = undefined;
  deaf.socket.resume();
  expect(await deaf.closed).toBe(1001);
  await gateway.closeServer();
});
