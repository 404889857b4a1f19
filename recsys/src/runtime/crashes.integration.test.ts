/** Processes that end in the middle, clients that go, requests nobody wants any more: what is left works, and answers as before. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame } from './frame.js';
import { makeCorpus, type RuntimeClient, search, views } from './testing/runtime-client.js';
import { isAlive, RuntimeProcess, until, untilBusy } from './testing/runtime-process.js';
import { gaussians, searchTwin } from './testing/twin.js';

const [ROWS, D, K] = [20_000, 32, 10];
const ITEMS = gaussians(ROWS * D, 1);
const QUERIES = gaussians(3 * D, 2);
const WANT = searchTwin({ items: ITEMS, dimensions: D, queries: QUERIES, k: K });

const started: RuntimeProcess[] = [];
async function start(folder?: string): Promise<RuntimeProcess> {
  const runtime = await RuntimeProcess.start(folder);
  started.push(runtime);
  return runtime;
}
afterEach(async () => {
  for (const runtime of started.splice(0)) await runtime.end();
});

const corpusOf = (client: RuntimeClient): Promise<string> => makeCorpus(client, { items: ITEMS, dimensions: D });
async function expectAnswers(client: RuntimeClient, corpus: string): Promise<void> {
  expect(await search(client, { corpus, k: K }, { queries: [QUERIES, 3, D] })).toMatchObject(WANT);
}

/** A search of many seconds: each query has a mask of its own, which ends no scan early. */
function beginLong(client: RuntimeClient, corpus: string, deadlineMs?: number) {
  const batch = 2000;
  const mask = new Uint8Array(batch * ROWS).fill(1);
  const arrays = views({ queries: [gaussians(batch * D, 3), batch, D], mask: [mask, batch, ROWS] });
  return client.begin(
    'corpus.search',
    { corpus, k: 500 },
    { arrays, ...(deadlineMs === undefined ? {} : { deadlineMs }) }
  );
}

async function onlyChild(runtime: RuntimeProcess): Promise<number> {
  const [child, ...others] = await runtime.children();
  expect(others).toEqual([]);
  return child ?? NaN;
}

describe('a corpus’s process', () => {
  test('that is killed in mid-call ends that call, and the next one finds the same ids', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    await client.call(
      'corpus.remove',
      { corpus },
      { arrays: views({ ids: BigInt64Array.of(BigInt(WANT.ids[0]?.[0] ?? 0)) }) }
    );
    const before = await search(client, { corpus, k: K }, { queries: [QUERIES, 3, D] });
    const child = await onlyChild(runtime);
    const { answer } = beginLong(client, corpus);
    await untilBusy(child);
    process.kill(child, 'SIGKILL');
    await expect(answer).rejects.toMatchObject({ code: 'runtime-crashed', message: expect.stringMatching(/SIGKILL/) });
    expect(await search(client, { corpus, k: K }, { queries: [QUERIES, 3, D] })).toEqual(before);
    expect(await onlyChild(runtime)).not.toBe(child);
  });

  test('that is killed takes no other corpus with it', async () => {
    const runtime = await start();
    const [client, other] = [await runtime.connect(), await runtime.connect()];
    const corpus = await corpusOf(client);
    const child = await onlyChild(runtime);
    const theirs = await corpusOf(other);
    const { answer } = beginLong(client, corpus);
    await untilBusy(child);
    process.kill(child, 'SIGKILL');
    await expectAnswers(other, theirs);
    await expect(answer).rejects.toMatchObject({ code: 'runtime-crashed' });
  });
});

describe('a request', () => {
  test('that is cancelled in mid-call, or while it waits, ends soon and leaves the corpus at work', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    const child = await onlyChild(runtime);
    const [running, waiting] = [beginLong(client, corpus), client.begin('corpus.compact', { corpus })];
    await untilBusy(child);
    client.cancel(waiting.id);
    client.cancel(running.id);
    await expect(running.answer).rejects.toMatchObject({ code: 'cancelled' });
    await expect(waiting.answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(await onlyChild(runtime)).toBe(child);
    await expectAnswers(client, corpus);
    client.cancel(running.id);
    client.cancel(999);
    await expectAnswers(client, corpus);
  });

  test('that waits beyond its deadline ends, and those before it are not ended for its sake', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    const child = await onlyChild(runtime);
    const running = beginLong(client, corpus);
    await untilBusy(child);
    await expect(client.call('corpus.info', { corpus }, { deadlineMs: 1 })).rejects.toMatchObject({
      code: 'deadline-exceeded'
    });
    client.cancel(running.id);
    await expect(running.answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(await onlyChild(runtime)).toBe(child);
  });

  test('whose deadline passes ends with it', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    await expect(beginLong(client, corpus, 1).answer).rejects.toMatchObject({ code: 'deadline-exceeded' });
    await expect(client.call('corpus.info', { corpus }, { deadlineMs: 0 })).rejects.toMatchObject({
      code: 'deadline-exceeded'
    });
    await expectAnswers(client, corpus);
  });
});

describe('a client that goes', () => {
  test('in mid-call leaves a runtime that serves the others, and nothing of its own', async () => {
    const runtime = await start();
    const [client, other] = [await runtime.connect(), await runtime.connect()];
    const theirs = await corpusOf(other);
    const others = await runtime.dataFolders();
    const corpus = await corpusOf(client);
    const child = (await runtime.children()).at(-1) ?? NaN;
    const { answer } = beginLong(client, corpus);
    await untilBusy(child);
    client.close();
    await expect(answer).rejects.toThrow(/connection has ended/);
    await until('its process has ended', () => !isAlive(child));
    await until('its files are gone', async () => (await runtime.dataFolders()).length === others.length);
    await expectAnswers(other, theirs);
  });

  test('while its corpus is being made leaves no corpus either', async () => {
    const runtime = await start();
    const other = await runtime.connect();
    for (let turn = 0; turn < 5; turn += 1) {
      const client = await runtime.connect();
      client.begin('corpus.create', { rows: 1000, dimensions: 8, metric: 'ip' });
      client.socket.end();
      await client.ended;
    }
    await other.call('hello', { version: 1 });
    await until('nothing is held', async () => {
      const { result } = await other.call('metrics');
      return !String(result['text']).includes('corpus="') && (await runtime.dataFolders()).length === 0;
    });
    expect(await runtime.children()).toEqual([]);
  });

  test('having sent garbage, is told why, and others hear nothing of it', async () => {
    const runtime = await start();
    const [client, other] = [await runtime.connect(), await runtime.connect()];
    const corpus = await corpusOf(client);
    for (const [bytes, code] of [
      ['GET / HTTP/1.1\r\n\r\n', 'too-large'],
      [Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b]), 'invalid-input'],
      [Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('null')]), 'invalid-input'],
      [Buffer.alloc(8, 0xff), 'too-large']
    ] as const) {
      const garbled = await runtime.connect();
      garbled.send([Buffer.from(bytes)]);
      await garbled.ended;
      expect(garbled.unasked.map(frame => frame.header)).toMatchObject([{ id: null, error: { code } }]);
    }
    other.socket.write(encodeFrame({ id: 1, method: 'hello', params: { version: 1 } })[0]?.subarray(0, 20) ?? '');
    other.close();
    await expectAnswers(client, corpus);
  });

  test('and goes on sending garbage is cut off', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    const garbled = await runtime.connect();
    const piece = Buffer.alloc(1 << 20, 0xff);
    const send = (): void => {
      if (!garbled.socket.destroyed) garbled.socket.write(piece, () => setImmediate(send));
    };
    send();
    await garbled.ended;
    await expectAnswers(client, corpus);
  });
});

describe('the runtime', () => {
  test('is one for each folder: a second one leaves the first alone and ends with 0', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    const second = await RuntimeProcess.spawn(runtime.folder);
    expect(await second.exit).toBe(0);
    expect(second.log).toMatch(/another runtime serves this folder/);
    await expectAnswers(client, corpus);
    await (await runtime.connect()).call('hello', { version: 1 });
  });

  test('leaves the corpora of another folder alone, also where it cannot see who has made them', async () => {
    const [runtime, other] = [await start(), await start()];
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    const folders = await runtime.dataFolders();
    await other.connect();
    expect(await other.kill('SIGTERM')).toBe(0);
    expect(await runtime.dataFolders()).toEqual(folders);
    await expectAnswers(client, corpus);
  });

  test('refuses a folder that others may enter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-rt-'));
    await chmod(folder, 0o755);
    const runtime = await RuntimeProcess.spawn(folder);
    expect(await runtime.exit).not.toBe(0);
    expect(runtime.log).toMatch(/not a folder of one's own/);
    await rm(folder, { recursive: true });
  });

  test('that was killed leaves its corpora to the next one, which finds the same ids', async () => {
    const runtime = await start();
    const client = await runtime.connect();
    const corpus = await corpusOf(client);
    await client.call('corpus.remove', { corpus }, { arrays: views({ ids: BigInt64Array.of(0n) }) });
    const [folder = ''] = await runtime.dataFolders();
    const child = await onlyChild(runtime);
    await runtime.kill('SIGKILL');
    await until('the process of the corpus has ended too', () => !isAlive(child));
    const next = await start(runtime.folder);
    const again = await next.connect();
    const { result } = await again.call('corpus.load', { folder });
    expect(result).toMatchObject({ rows: ROWS, live: ROWS - 1 });
    await expectAnswers(again, result['corpus'] as string);
    await again.call('corpus.close', { corpus: result['corpus'] });
    expect([...(await next.dataFolders()), ...(await runtime.dataFolders())]).toEqual([]);
  });

  test('ends on SIGTERM with 0, without processes, files or a socket, however many clients and corpora there are', async () => {
    const runtime = await start();
    const clients = await Promise.all([1, 2, 3].map(() => runtime.connect()));
    await Promise.all(clients.flatMap(client => [1, 2, 3].map(() => corpusOf(client))));
    const children = await runtime.children();
    expect(children).toHaveLength(9);
    expect(await runtime.dataFolders()).toHaveLength(9);
    expect(await runtime.kill('SIGTERM')).toBe(0);
    expect(await runtime.dataFolders()).toEqual([]);
    await until('all processes have ended', () => children.every(child => !isAlive(child)));
    await expect(runtime.connect()).rejects.toThrow();
  });

  test('makes corpora though folders of an earlier one with its own number are left', async () => {
    // In a container numbers of processes come again: the runtime found its first corpus's folder taken, for ever.
    const runtime = await start();
    const client = await runtime.connect();
    const made = await corpusOf(client);
    const [folder = ''] = await runtime.dataFolders();
    const next = folder.replace(/-\d+$/, '-2');
    await mkdir(next, { mode: 0o700 });
    await writeFile(join(next, 'mine'), 'x');
    await expectAnswers(client, await corpusOf(client));
    await expectAnswers(client, made);
    expect(await readFile(join(next, 'mine'), 'utf8')).toBe('x');
    await rm(next, { recursive: true });
  });
});
