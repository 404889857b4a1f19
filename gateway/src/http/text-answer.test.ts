import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PlatformError } from '../contract/index.js';
import { scriptedPlatform } from './testing/scripted-platform.js';
import { serve, type Served } from './testing/served.js';

const PATH = '/api/v1/runs/r1/logs/download';
const PIECE = `${'x'.repeat(65_535)}\n`;

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function start(logText: () => AsyncIterable<string>): Promise<Served> {
  served = await serve(scriptedPlatform({ logText }));
  return served;
}

test('the whole text arrives as a file to be saved', async () => {
  const { send } = await start(async function* () {
    for (const line of ['one\n', 'zwei\n', '三\n']) yield line;
  });
  const answer = await send({ path: `${PATH}?rank=launcher&attempt=2` });
  expect(answer.text).toBe('one\nzwei\n三\n');
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.headers['content-disposition']).toBe('attachment; filename="r1-attempt-2-rank-launcher.log"');
});

test('an empty log is an empty file', async () => {
  const { send } = await start(async function* () {});
  const answer = await send({ path: PATH });
  expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '', 'text/plain; charset=utf-8']);
});

test('a failure before the first piece is a proper error', async () => {
  const { send } = await start(async function* () {
    throw new PlatformError('not-found', 'There is no such run.');
  });
  const answer = await send({ path: PATH });
  expect([answer.status, answer.json<{ code: string }>().code]).toEqual([404, 'not-found']);
  expect(answer.headers['content-disposition']).toBeUndefined();
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
});

test('a failure in the middle cuts the answer, so that nobody takes a part for the whole', async () => {
  const { open, logged } = await start(async function* () {
    yield 'first\n';
    throw new Error('disk');
  });
  await expect(open({ path: PATH }).then(text)).rejects.toThrow(/aborted|hang up/);
  expect(logged).toMatchObject([{ message: 'request failed' }]);
});

test('no more is read than the client takes, and the source is closed when it goes', async () => {
  let pieces = 0;
  let onClosed = (): void => undefined;
  const closed = new Promise<void>(resolve => (onClosed = resolve));
  const { open, send, logged } = await start(async function* () {
    try {
      for (; pieces < 10_000; pieces += 1) yield PIECE;
    } finally {
      onClosed();
    }
  });
  const answer = await open({ path: PATH });
  await once(answer, 'readable');
  for (let seen = -1; seen !== pieces;) {
    seen = pieces;
    for (let round = 0; round < 5; round += 1) await send({ path: '/internal/health' });
  }
  expect(pieces).toBeLessThan(64); // the buffers of both ends and the kernel: far below the 10 000 there are
  answer.destroy();
  await closed;
  expect(logged).toEqual([]);
});
