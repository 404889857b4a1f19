import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { ErrorBody, HTTP_STATUS, PlatformError, type ErrorCode, type LockView } from '../contract/index.js';
import { makeRun, scriptedPlatform } from './testing/scripted-platform.js';
import { serve, type Served } from './testing/served.js';
import type { Received, Sent } from './testing/unix-client.js';

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function start(script: Parameters<typeof scriptedPlatform>[0] = {}): Promise<Served> {
  served = await serve(scriptedPlatform(script));
  return served;
}

const NO_LOCK: LockView = {
  ...{ lockHash: '', requiresPython: '', contents: [], requested: [], environments: [], problem: null }
};
const errorOf = (answer: Received): ErrorBody => ErrorBody.parse(answer.json());

describe('who may come in', () => {
  test.each(['/api/v1/offers', '/api/v1/nothing', '/internal/health', '/internal/lease', '/'])(
    '%s needs the token',
    async path => {
      const { send } = await start();
      for (const authorization of ['', 'Bearer wrong', 'token-of-the-test']) {
        const answer = await send({ path, headers: { authorization } });
        expect([answer.status, errorOf(answer).code]).toEqual([401, 'unauthenticated']);
      }
    }
  );

  test('the API needs to know who asks; health does not', async () => {
    const { send } = await start();
    const headers = { 'x-berth-user': '', 'x-berth-root': 'relative' };
    const answer = await send({ path: '/api/v1/offers', headers });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).problems?.map(problem => problem.field)).toEqual(['X-Berth-User', 'X-Berth-Root']);
    const health = await send({ path: '/internal/health', headers });
    expect(health.json()).toEqual({ version: '1.2.3', pid: 42, startedAtMs: 7, leases: 0 });
  });

  test('every answer has the security headers and its request id', async () => {
    const { send } = await start();
    for (const path of ['/api/v1/offers', '/nothing', '/internal/health']) {
      const { headers } = await send({ path });
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
      expect(headers['x-request-id']).toMatch(/^request-\d+$/);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['etag']).toBeUndefined();
    }
  });

  test('while the gateway ends, leases end and new requests are sent away', async () => {
    const { send, open, closing } = await start();
    const lease = await open({ path: '/internal/lease' });
    closing.abort();
    lease.resume();
    await once(lease, 'end');
    const answer = await send({ path: '/api/v1/offers' });
    expect([answer.status, errorOf(answer).code]).toEqual([503, 'shutting-down']);
    expect(answer.headers.connection).toBe('close');
  });
});

describe('what is read of a request', () => {
  const post = (more: Partial<Sent>): Sent => ({ method: 'POST', path: '/api/v1/runs', ...more });
  const type = (value: string): Partial<Sent> => ({ headers: { 'content-type': value } });

  test.each([
    {
      name: 'broken JSON',
      sent: post({ body: '{"notebook": ' }),
      want: 'body is not valid JSON; want one JSON object'
    },
    { name: 'a bare value', sent: post({ body: '7' }), want: 'body is 7; want an object' },
    { name: 'nothing', sent: post({}), want: 'notebook is missing; want a text' },
    {
      name: 'a form',
      sent: post({ body: 'a=b', ...type('application/x-www-form-urlencoded') }),
      want: 'Content-Type is application/x-www-form-urlencoded; want application/json'
    },
    {
      name: 'text',
      sent: post({ body: '{}', ...type('text/plain') }),
      want: 'Content-Type is text/plain; want application/json'
    },
    {
      name: 'another charset',
      sent: post({ body: '{}', ...type('application/json; charset=latin1') }),
      want: 'body is not in UTF-8; want UTF-8'
    },
    {
      name: 'a compressed body',
      sent: post({ body: '{}', headers: { 'content-encoding': 'gzip' } }),
      want: 'body is compressed; want it plain'
    },
    {
      name: 'a bad parameter',
      sent: { path: '/api/v1/runs/UPPER' },
      want: 'id is "UPPER"; want a text that matches /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/'
    },
    {
      name: 'a bad query',
      sent: { path: '/api/v1/runs/r1/logs?rank=0&tail=0' },
      want: 'tail is 0; want at least 1'
    },
    {
      name: 'a body where there is none',
      sent: { method: 'POST', path: '/api/v1/runs/r1/cancel', body: { force: true } },
      want: 'force is not known here; leave it out'
    }
  ])('$name is refused: $want', async ({ sent, want }) => {
    const { send, logged } = await start();
    const answer = await send(sent);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).problems?.map(({ field, message }) => `${field} ${message}`)).toEqual([want]);
    expect(logged).toEqual([]);
  });

  test('a path that cannot be decoded is bad input, not a bug', async () => {
    const { send, logged } = await start();
    const answer = await send({ path: '/api/v1/runs/%E0%A4%A' });
    expect([answer.status, errorOf(answer).code, logged]).toEqual([400, 'invalid-input', []]);
  });

  test('256 KiB fit, more does not', async () => {
    const { send } = await start();
    const body = (length: number): string => `{"notebook":"${'x'.repeat(length - 15)}"}`;
    expect((await send(post({ body: body(256 * 1024) }))).status).toBe(400);
    const answer = await send(post({ body: body(256 * 1024 + 1) }));
    expect([answer.status, errorOf(answer).code]).toEqual([413, 'too-large']);
    expect(errorOf(answer).message).toBe('The request is too large; at most 256 KiB fit.');
  });

  test('a lock of eight million characters fits where a lock belongs, and nowhere else', async () => {
    const inspectLock = async (_actor: unknown, text: string): Promise<LockView> => ({
      ...NO_LOCK,
      problem: text.slice(-4)
    });
    const { send } = await start({ inspectLock });
    const lock = { text: `${'"\n'.repeat(4_000_000 - 2)}"end` };
    const read = await send(post({ path: '/api/v1/locks/inspect', body: lock }));
    expect([read.status, read.json<LockView>().problem]).toEqual([200, '"end']);
    const large = { text: 'x'.repeat(16 * 1024 * 1024) };
    const refused = await send(post({ path: '/api/v1/locks/inspect', body: large }));
    expect([refused.status, errorOf(refused).message]).toEqual([413, 'The request is too large; at most 16 MiB fit.']);
    expect((await send(post({ path: '/api/v1/verdict', body: lock }))).status).toBe(413);
  });

  test.each(['Bearer token-of-the-test', 'Bearer wrong'])(
    'a client that reads only when all is sent (as %j) still gets its refusal',
    async authorization => {
      const { socketPath } = await start();
      const socket = connect(socketPath);
      const head = ['POST /api/v1/runs HTTP/1.1', 'Host: x', 'Connection: close', 'Content-Type: application/json'];
      const length = 4 * 1024 * 1024;
      socket.write([...head, `Authorization: ${authorization}`, `Content-Length: ${length}`, '', ''].join('\r\n'));
      await promisify<string>(socket.write.bind(socket))('x'.repeat(length));
      expect(await text(socket)).toMatch(/^HTTP\/1.1 4(13|01) /);
    }
  );

  test('the cache buster that JupyterLab adds is no query', async () => {
    const queries: unknown[] = [];
    const page = { attempt: 1, rank: '0', lines: [], cursor: '0:0', dropped: false, end: true };
    const { send } = await start({ logs: async (_actor, _id, query) => (queries.push(query), page) });
    expect((await send({ path: '/api/v1/runs/r1/logs?tail=5&1727000000000' })).status).toBe(200);
    expect(queries).toEqual([{ rank: '0', tail: 5, limit: 2000 }]);
  });

  test('the platform is told who asks, decoded', async () => {
    const actors: unknown[] = [];
    const { send } = await start({ offers: async actor => (actors.push(actor), []) });
    await send({
      path: '/api/v1/offers',
      headers: { 'x-berth-user': 'Zo%C3%AB', 'x-berth-root': '%2Fhome%2Fzo%C3%AB' }
    });
    expect(actors).toEqual([{ name: 'Zoë', rootFolder: '/home/zoë' }]);
  });
});

describe('failures', () => {
  test.each(Object.entries(HTTP_STATUS))('%s is answered with %d', async (code, status) => {
    const problems = [{ field: 'processes', message: 'is 3; want at most 2' }];
    const { send, logged } = await start({
      offers: () => Promise.reject(new PlatformError(code as ErrorCode, 'A sentence.', { problems }))
    });
    const answer = await send({ path: '/api/v1/offers' });
    expect(answer.status).toBe(status);
    expect(errorOf(answer)).toEqual({
      code,
      message: 'A sentence.',
      requestId: answer.headers['x-request-id'],
      problems
    });
    expect(logged).toEqual([]);
  });

  test('a bug is a 500 that says nothing, and is logged once with its request id', async () => {
    const { send, logged } = await start({ offers: () => Promise.reject(new Error('secret: s3cret')) });
    const answer = await send({ path: '/api/v1/offers' });
    expect([answer.status, errorOf(answer).code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('s3cret');
    expect(logged).toMatchObject([
      { level: 'error', message: 'request failed', requestId: answer.headers['x-request-id'], path: '/api/v1/offers' }
    ]);
  });

  test('an answer that breaks the contract is a bug of ours', async () => {
    const { send, logged } = await start({ runs: async () => [{ ...makeRun('r1'), position: 0 }] });
    expect((await send({ path: '/api/v1/runs' })).status).toBe(500);
    expect(logged).toHaveLength(1);
  });

  test.each(['/nothing', '/api/v1', '/api/v1/', '/api/v1/Offers', '/api/v2/offers', '/internal', '/internal/nothing'])(
    '%s is not there',
    async path => {
      const { send } = await start();
      const answer = await send({ path });
      expect([answer.status, errorOf(answer).code]).toEqual([404, 'not-found']);
    }
  );

  test.each([
    { method: 'DELETE', path: '/api/v1/offers', wantAllow: 'GET' },
    { method: 'PUT', path: '/api/v1/runs', wantAllow: 'POST, GET' },
    { method: 'POST', path: '/api/v1/runs/r1', wantAllow: 'GET, DELETE' },
    { method: 'GET', path: '/api/v1/runs/r1/cancel', wantAllow: 'POST' }
  ])('$method $path is answered with 405 and what there is', async ({ method, path, wantAllow }) => {
    const { send } = await start();
    const answer = await send({ method, path });
    expect([answer.status, answer.headers.allow, errorOf(answer).code]).toEqual([405, wantAllow, 'invalid-input']);
  });
});

test('submit is told when its client goes away, and nothing is logged', async () => {
  let submitted: AbortSignal | undefined;
  let onSubmit = (): void => undefined;
  const called = new Promise<void>(resolve => (onSubmit = resolve));
  const { send, logged } = await start({
    submit: async (_actor, _submission, signal) => {
      submitted = signal;
      onSubmit();
      await once(signal, 'abort');
      throw signal.reason;
    }
  });
  const client = new AbortController();
  const body = { notebook: 'a.ipynb' };
  const answer = send({ method: 'POST', path: '/api/v1/runs', body, signal: client.signal });
  await called;
  client.abort();
  await expect(answer).rejects.toThrow('aborted');
  if (submitted?.aborted === false) await once(submitted, 'abort');
  expect(submitted?.aborted).toBe(true);
  await send({ path: '/internal/health' });
  expect(logged).toEqual([]);
});

test('a submit that is answered is never told to stop', async () => {
  const signals: AbortSignal[] = [];
  const { send } = await start({ submit: async (_actor, _body, signal) => (signals.push(signal), makeRun('r1')) });
  const answer = await send({ method: 'POST', path: '/api/v1/runs', body: { notebook: 'a.ipynb' } });
  await send({ path: '/internal/health' });
  expect([answer.status, signals.map(signal => signal.aborted)]).toEqual([201, [false]]);
});
