/**
 * The same search as the notebook's, without Python, socket and other processes: `node notebook-call-node.ts SNAPSHOT QUERIES K THREADS`.
 * Answers as `bench_loop.py` does.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Corpus } from '../lib/runtime/corpus/corpus.js';
import { search, type SearchAnswer } from '../lib/runtime/corpus/search.js';
import { Control } from '../lib/runtime/control.js';

const [, , snapshot = '', queriesFile = '', k = '', threads = ''] = process.argv;

const now = (): number => performance.now();
const corpus = await Corpus.open(snapshot, { threads: Number(threads), device: 'cpu' });
const bytes = await readFile(queriesFile);
const vectors = new Float32Array(new Uint8Array(bytes).buffer);

const methods: Readonly<Record<string, (params: { count: number }) => Promise<unknown>>> = {
  digest: async () => digestOf(await once()),
  queries: ({ count }) => timed(count)
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as { do: string; count: number };
  console.log(JSON.stringify(await answerTo(request)));
}
process.exit(); // sessions keep threads

async function answerTo(request: { do: string; count: number }): Promise<{ result: unknown } | { error: string }> {
  try {
    return { result: await methods[request.do]?.(request) };
  } catch (error: unknown) {
    return { error: String(error) };
  }
}

function once(): Promise<SearchAnswer> {
  const nothing = { filter: undefined, masks: [], boost: undefined, recency: undefined, excluded: undefined };
  const queries = vectors.length / corpus.manifest.dimensions;
  const request = { vectors, queries, vectorsPerQuery: 1, k: Number(k), diversity: undefined, ...nothing };
  return search(corpus, request, new Control(undefined, now));
}

/** Seconds of each of so many calls, after one that is not timed. */
async function timed(count: number): Promise<number[]> {
  await once();
  const seconds: number[] = [];
  for (let call = 0; call < count; call += 1) {
    const start = now();
    await once();
    seconds.push((now() - start) / 1000);
  }
  return seconds;
}

function digestOf({ ids, scores }: SearchAnswer): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [ids, scores])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
