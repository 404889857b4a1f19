/**
 * Passes over everybody, without Python, socket and solver: `node budget-pass-node.ts PROBLEM THREADS`. PROBLEM is a folder of
 * budget_maker.py with what `describe_pass` of budget_ours.py has added. Answers as `bench_loop.py` does.
 */
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fillTile } from '../lib/kernels/budget/tiles/fill-tile.js';
import { memoryTiles } from '../lib/kernels/budget/tiles/memory-tiles.js';
import { planTiles } from '../lib/kernels/budget/tiles/plan-tiles.js';
import type { Candidates, Problem, Tiles } from '../lib/kernels/budget/problem.js';
import { OnnxPass } from '../lib/runtime/budget/onnx-pass.js';

interface Description {
  readonly smoothing: number;
  readonly rules: { readonly person: number; readonly channels: readonly number[] | null };
}

const [, , folder = '', threads = ''] = process.argv;
const READ_AT_ONCE = 2 ** 30;

const description = JSON.parse(await readFile(path.join(folder, 'pass.json'), 'utf8')) as Description;
const prices = new Float64Array(await read('price.f64'));
const problem = await readProblem();
const passes = new OnnxPass({ problem, threads: Number(threads), provider: 'cpu' });
const tiles = await layTiles();

const methods: Readonly<Record<string, () => Promise<unknown>>> = {
  load: async () => void (await pass()),
  pass: async () => {
    const start = performance.now();
    await pass();
    return { seconds: (performance.now() - start) / 1000, bytes: bytesOf(tiles) };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as { do: string };
  console.log(JSON.stringify(await answerTo(request.do)));
}
process.exit(); // sessions keep threads

async function answerTo(method: string): Promise<{ result: unknown } | { error: string }> {
  try {
    return { result: (await methods[method]?.()) ?? null };
  } catch (error: unknown) {
    return { error: String(error) };
  }
}

function pass(): Promise<unknown> {
  return passes.pass(tiles, prices, description.smoothing);
}

/** No limits: what counts against them is added up after the pass, for each option. */
async function readProblem(): Promise<Problem> {
  const { person, channels } = description.rules;
  return {
    limits: { cap: new Float64Array(0), floor: new Float64Array(0) },
    options: {
      start: new Uint32Array(prices.length + 1),
      limit: new Uint32Array(0),
      weight: new Float64Array(0),
      channel: channels === null ? new Uint16Array(prices.length) : new Uint16Array(await read('channel.u16'))
    },
    caps: { person, channels: (channels ?? [Infinity]).map(cap => ({ cap, isCounted: true })) }
  };
}

async function layTiles(): Promise<Tiles> {
  const isShared = !existsSync(path.join(folder, 'option.i32'));
  const candidates: Candidates = {
    start: new Uint32Array(await read('start.u32')),
    option: isShared ? Int32Array.from(prices.keys()) : new Int32Array(await read('option.i32')),
    value: new Float32Array(await read('value.f32'))
  };
  const plan = planTiles(problem, candidates);
  return memoryTiles(
    plan.tiles.map((_, index) => fillTile(plan, index, problem, candidates)),
    1,
    plan.people
  );
}

/** What a pass has to read: the values, and the options where they are not the same for all. */
function bytesOf({ count, tile }: Tiles): number {
  let bytes = 0;
  for (let index = 0; index < count; index += 1) {
    const { value, option } = tile(index);
    bytes += value.byteLength + option.byteLength;
  }
  return bytes;
}

/** A whole file; a single read of Node's ends at 2 GiB. */
async function read(name: string): Promise<ArrayBuffer> {
  const file = await open(path.join(folder, name));
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    for (let done = 0; done < size;) {
      const { bytesRead } = await file.read(bytes, done, Math.min(READ_AT_ONCE, size - done), done);
      if (bytesRead === 0) throw new Error(`${name} ended after ${done} bytes`);
      done += bytesRead;
    }
    return bytes.buffer;
  } finally {
    await file.close();
  }
}
