/**
 * @jest-environment node
 */
import type { AddressInfo } from 'node:net';
import type { GatewayEvent } from '@berth/gateway/contract';
import { WebSocket as NodeWebSocket, WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { makeKernel, makeRun } from '../testing/gateway.testkit.js';
import { GatewayError } from './gateway-error.js';
import { GatewayModel } from './gateway-model.js';

/** A gateway that sends what a test wants, over real sockets. */
class FakeGateway {
  readonly cursors: (string | null)[] = [];
  readonly port: number;
  readonly sockets: ServerSocket[] = [];

  private constructor(
    private readonly _server: WebSocketServer,
    greet: (cursor: string | null) => GatewayEvent[]
  ) {
    this.port = (_server.address() as AddressInfo).port;
    _server.on('connection', (socket, request) => {
      const cursor = new URL(request.url ?? '', 'http://x').searchParams.get('cursor');
      this.cursors.push(cursor);
      this.sockets.push(socket);
      for (const event of greet(cursor)) socket.send(JSON.stringify(event));
    });
  }

  static async start(greet: (cursor: string | null) => GatewayEvent[], port = 0): Promise<FakeGateway> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await new Promise(resolve => server.once('listening', resolve));
    return new FakeGateway(server, greet);
  }

  send(event: GatewayEvent): void {
    for (const socket of this.sockets) if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(event));
  }

  cut(): void {
    for (const socket of this.sockets.splice(0)) socket.terminate();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise(resolve => this._server.close(resolve));
  }
}

const hello = (resumed: boolean, runs = [makeRun('a')]): GatewayEvent => ({
  type: 'hello',
  cursor: 'c0',
  resumed,
  snapshot: resumed ? null : { runs, kernels: [], offers: [], environments: [] }
});

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

function connect(port: number, ping: () => Promise<void> = () => Promise.resolve()): GatewayModel {
  const model = new GatewayModel({
    url: cursor => `ws://127.0.0.1:${port}/${cursor === null ? '' : `?cursor=${cursor}`}`,
    WebSocket: NodeWebSocket as unknown as typeof WebSocket,
    ping,
    random: () => 0
  });
  cleanup.push(() => model.dispose());
  model.reconnect();
  return model;
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('It did not come true within 10 s');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

async function start(greet: (cursor: string | null) => GatewayEvent[], port = 0): Promise<FakeGateway> {
  const gateway = await FakeGateway.start(greet, port);
  cleanup.push(() => gateway.stop());
  return gateway;
}

test('it is live after hello and follows the events', async () => {
  const gateway = await start(() => [hello(false)]);
  const model = connect(gateway.port);
  expect(model.connection.state).toBe('connecting');
  await until(() => model.connection.state === 'live' && model.state.loaded);
  gateway.send({ type: 'run', cursor: 'c1', run: makeRun('b', { submittedAtMs: 9_000 }) });
  await until(() => model.state.runs.length === 2);
  expect(model.state.runs[0]?.id).toBe('b');
});

test('a cut connection comes back after the last cursor, without a word of it being lost', async () => {
  const gateway = await start(cursor => [hello(cursor !== null)]);
  const model = connect(gateway.port);
  await until(() => model.state.loaded);
  gateway.send({ type: 'run', cursor: 'c7', run: makeRun('a', { step: 7 }) });
  await until(() => model.state.runs[0]?.step === 7);
  const states: string[] = [];
  model.changed.connect(({ connection }) => states.push(connection.state), {});
  const woken: (string | null)[] = [];
  model.logArrived.connect((_, { runId }) => woken.push(runId), {});
  gateway.cut();
  await until(() => gateway.cursors.length === 2 && model.connection.state === 'live');
  expect(gateway.cursors).toEqual([null, 'c7']);
  expect(states).not.toContain('lost'); // so short an absence is not worth a banner
  expect(model.state.runs[0]?.step).toBe(7);
  await until(() => woken.includes(null)); // any log may have grown meanwhile
});

test('a gateway that stays away is lost with its reason, and found again by the person’s wish', async () => {
  const gateway = await start(() => [hello(false)]);
  const reason = new GatewayError('gateway-unavailable', 'It is being restarted', 'r1');
  const model = connect(gateway.port, () => Promise.reject(reason));
  await until(() => model.state.loaded);
  await gateway.stop();
  await until(() => model.connection.state === 'lost' && model.connection.reason !== null);
  expect(model.connection).toMatchObject({ state: 'lost', reason });
  expect(model.state.runs).toHaveLength(1); // what was known stays to be seen
  const again = await start(() => [hello(false, [makeRun('a', { phase: 'Succeeded' })])], gateway.port);
  const ends: (string | undefined)[] = [];
  model.runChanged.connect((_, { after }) => ends.push(after?.phase), {});
  model.reconnect();
  await until(() => model.connection.state === 'live' && ends.length > 0);
  expect(again.cursors).toEqual(['c0']);
  expect(ends).toEqual(['Succeeded']);
});

test('a message that is no JSON makes it start over from a snapshot', async () => {
  const gateway = await start(() => [hello(false)]);
  const model = connect(gateway.port);
  await until(() => model.state.loaded);
  gateway.sockets[0]?.send('{"type": "ru');
  await until(() => gateway.cursors.length === 2 && model.connection.state === 'live');
  expect(gateway.cursors[1]).toBeNull();
});

test('nothing is left running after dispose', async () => {
  const gateway = await start(() => [hello(false)]);
  const model = connect(gateway.port);
  await until(() => model.state.loaded);
  model.dispose();
  model.dispose();
  await until(() => gateway.sockets[0]?.readyState === 3);
  model.reconnect();
  expect(gateway.cursors).toHaveLength(1);
});

test('why a kernel has lost its compute, or its place in line, is told once', async () => {
  const gateway = await start(() => [hello(false)]);
  const model = connect(gateway.port);
  await until(() => model.state.loaded);
  const ends: string[] = [];
  model.kernelEnded.connect((_, { kernel, reason }) => void ends.push(`${kernel.id}: ${reason}`), {});
  model.apply({ type: 'kernel', cursor: '1', kernel: makeKernel('k') });
  const gone = { type: 'kernel-deleted', cursor: '2', id: 'k', reason: 'Nobody took it.' } as const;
  model.apply(gone);
  model.apply(gone);
  expect(ends).toEqual(['k: Nobody took it.']);
  expect(model.state.kernels).toEqual([]);
});
