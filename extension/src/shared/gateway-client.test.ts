/**
 * @jest-environment node
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerConnection } from '@jupyterlab/services';
import { makeRun } from '../testing/gateway.testkit.js';
import { GatewayClient } from './gateway-client.js';

interface IAnswer {
  readonly status: number;
  readonly body: string;
}

let server: Server;
let seen: IncomingMessage[] = [];
let answer: IAnswer;
let client: GatewayClient;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request);
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/user/ada/`;
  client = new GatewayClient(
    ServerConnection.makeSettings({ baseUrl, token: 'secret', appendToken: true, fetch, Request, Headers })
  );
});

afterEach(() => new Promise(resolve => server.close(resolve)));

test('a call goes below the base address of the server, with nothing in its query that the API does not know', async () => {
  answer = { status: 200, body: '{"lines": []}' };
  await client.logs('run-1', { rank: '0', attempt: 1, tail: 5, contains: '' });
  expect(seen[0]?.url).toBe('/user/ada/berth/api/v1/runs/run-1/logs?rank=0&attempt=1&tail=5');
  expect(seen[0]?.headers.authorization).toBe('token secret');
});

test('a body is sent as the JSON that it is', async () => {
  answer = { status: 200, body: '{}' };
  await client.submit(makeRun('a').request);
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/user/ada/berth/api/v1/runs' });
  expect(seen[0]?.headers['content-type']).toBe('application/json');
});

test('an error of the API comes through with its code, request and problems', async () => {
  const problems = [{ field: 'processes', message: 'At most 4.' }];
  answer = {
    status: 422,
    body: JSON.stringify({ code: 'never-fits', message: 'It never fits.', requestId: 'r-1', problems })
  };
  await expect(client.cancel('a')).rejects.toMatchObject({ code: 'never-fits', requestId: 'r-1', problems });
});

test.each([
  { status: 502, body: '<html>Bad gateway</html>', want: 'unexpected-answer' },
  { status: 403, body: '{"message": "XSRF cookie does not match"}', want: 'unexpected-answer' },
  { status: 503, body: '{"code":"gateway-unavailable","message":"down","requestId":"r"}', want: 'gateway-unavailable' }
])('an answer $status of somebody on the way is named: $want', async ({ status, body, want }) => {
  answer = { status, body };
  await expect(client.ping()).rejects.toMatchObject({ name: 'GatewayError', code: want });
});

test('no answer at all is named as well', async () => {
  answer = { status: 200, body: '' };
  await new Promise(resolve => server.close(resolve));
  await expect(client.ping()).rejects.toMatchObject({ code: 'unreachable' });
});

test('names are quoted, and the socket’s address carries cursor and token', () => {
  expect(client.endpoint('runs', 'a/../b')).toMatch(/\/user\/ada\/berth\/api\/v1\/runs\/a%2F\.\.%2Fb$/);
  expect(client.eventsUrl('c 1')).toMatch(/^ws:.*\/user\/ada\/berth\/api\/v1\/events\?cursor=c%201&token=secret$/);
});
