import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Counter, Registry } from 'prom-client';
import { type HealthServer, startHealthServer } from './health-server.js';

let server: HealthServer;
let illnesses: string[];
let unready: string[];
const registry = new Registry();
new Counter({ name: 'made_for_the_test_total', help: 'One.', registers: [registry] }).inc();

beforeEach(async () => {
  [illnesses, unready] = [[], []];
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    registry,
    illnesses: () => illnesses,
    unready: () => unready
  });
});

afterEach(() => server.close());

async function ask(path: string, init: RequestInit = {}): Promise<[status: number, body: string]> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return [answer.status, await answer.text()];
}

/** What the server sends to who sends just this, until it ends the connection. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.once('close', () => resolve(text)).once('error', reject);
  });
}

test('a process that is well says so, and one that is not says why', async () => {
  expect(await ask('/healthz')).toEqual([200, 'ok\n']);
  expect(await ask('/readyz?verbose')).toEqual([200, 'ok\n']);
  illnesses = ['the watch of pods is stuck'];
  unready = ['pods have not been listed yet', 'nodes have not been listed yet'];
  expect(await ask('/healthz')).toEqual([503, 'the watch of pods is stuck\n']);
  expect(await ask('/readyz')).toEqual([503, 'pods have not been listed yet\nnodes have not been listed yet\n']);
});

test('metrics are served as Prometheus reads them', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await answer.text()).toContain('made_for_the_test_total 1');
});

describe('there is nothing else', () => {
  test.each(['/', '/healthz/', '/HEALTHZ', '//metrics', '/%6detrics', '/metrics/../metrics2', '/debug/pprof'])(
    '%s',
    async path => {
      expect((await ask(path))[0]).toBe(404);
    }
  );

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('for %s', async method => {
    expect(await ask('/healthz', { method })).toEqual([404, '']);
  });

  test('headers without end are refused', async () => {
    expect(await send(`GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /
    );
  });

  test('what is no HTTP is refused', async () => {
    expect(await send('\u0016\u0003\u0001 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });
});

test('a port that is taken is an error, not a server that nobody hears', async () => {
  const parts = { host: '127.0.0.1', port: server.port, registry, illnesses: () => [], unready: () => [] };
  await expect(startHealthServer(parts)).rejects.toThrow('EADDRINUSE');
});

test('it ends at once, with a connection that stands', async () => {
  const isClosed = send(''); // says nothing, and waits
  await ask('/healthz');
  await server.close();
  expect(await isClosed).toBe('');
});
