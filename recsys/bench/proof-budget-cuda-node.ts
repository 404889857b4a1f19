/**
 * Smoothed passes of a budget on a device and on the CPU, over the same tiles: `node proof-budget-cuda-node.ts RUNTIME PROVIDER FOLDER SEED`,
 * RUNTIME being the bundle beside whose ONNX Runtime the provider lies. Prints what `Compared` of proof-budget-cuda.ts says.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { budgetPassGraph, type PassCap, type PassShape } from '../lib/graphs/index.js';
import { NOTHING } from '../lib/kernels/budget/problem.js';
import { encodeModel } from '../lib/onnx/index.js';
import { SeededRandom } from './seeded-random.ts';
import { readProfile } from './session-profile.ts';

const [PEOPLE, OPTIONS, ROUNDS] = [32_768, 1000, 20];
const SMOOTHINGS = [0.5, 0.01, 1e-5];
const [, , runtime = '', provider = '', folder = '', seed = '0'] = process.argv;
const ort = createRequire(runtime)('onnxruntime-node') as typeof Ort;
const numbers = new SeededRandom(Number(seed));
const random = (): number => numbers.uniform();

const channel = (width: number, cap: PassCap) => ({ width, cap, isCounted: true });
const SHAPES: Readonly<Record<string, PassShape>> = {
  'one of 10': { channels: [channel(10, 1)], personCap: undefined, isShared: true },
  'three of 10': { channels: [channel(10, 3)], personCap: undefined, isShared: true },
  'nested, 10': { channels: [channel(4, 1), channel(3, 1), channel(3, 2)], personCap: 2, isShared: false },
  'nested, each person’s own caps, 10': {
    channels: [channel(4, 'each'), channel(3, 1), channel(3, undefined)],
    personCap: 'each',
    isShared: false
  },
  'three of 200': { channels: [channel(200, 3)], personCap: undefined, isShared: true }
};

const results: object[] = [];
for (const [name, shape] of Object.entries(SHAPES)) results.push({ name, ...(await compare(name, shape)) });
console.log(JSON.stringify(results));
process.exit(); // sessions keep threads

async function compare(name: string, shape: PassShape): Promise<object> {
  const own = path.join(folder, name.replaceAll(/\W/g, '-'));
  mkdirSync(own);
  const [device, cpu] = [await load(shape, provider, own), await load(shape, 'cpu')];
  const inputs = draw(shape);
  let farthest = 0;
  for (const smoothing of SMOOTHINGS) {
    const feeds = { ...inputs, smoothing: row([smoothing]), inverse: row([1 / smoothing]) };
    farthest = Math.max(farthest, difference(await device.run(feeds), await cpu.run(feeds)));
  }
  const feeds = { ...inputs, smoothing: row([0.01]), inverse: row([100]) };
  const milliseconds = { device: await time(device, feeds), cpu: await time(cpu, feeds) };
  device.endProfiling();
  return { farthest, milliseconds, nodes: readProfile(own) };
}

function load(shape: PassShape, on: string, profile?: string): Promise<Ort.InferenceSession> {
  const profiling = { enableProfiling: true, profileFilePrefix: path.join(profile ?? '', 'profile') };
  return ort.InferenceSession.create(encodeModel(budgetPassGraph(shape)), {
    executionProviders: [on],
    logSeverityLevel: 3,
    ...(profile === undefined ? {} : profiling)
  });
}

function draw({ channels, personCap, isShared }: PassShape): Record<string, Ort.Tensor> {
  const width = channels.reduce((sum, each) => sum + each.width, 0);
  const floats = (length: number, next: () => number): Float32Array => Float32Array.from({ length }, next);
  const cells = width * PEOPLE;
  const value = floats(cells, () => (random() < 0.1 ? NOTHING : random()));
  const option = Int32Array.from({ length: isShared ? 0 : cells }, () => Math.floor(random() * OPTIONS));
  const caps = (rows: number): Ort.Tensor =>
    tensor(
      floats(rows * PEOPLE, () => Math.floor(random() * 4)),
      [rows, PEOPLE]
    );
  return {
    value: tensor(value, [width, PEOPLE]),
    price: isShared ? tensor(floats(width, random), [width, 1]) : tensor(floats(OPTIONS, random), [OPTIONS]),
    ...(isShared ? {} : { option: new ort.Tensor('int32', option, [width, PEOPLE]) }),
    ...(personCap === 'each' ? { person_cap: caps(1) } : {}),
    ...(channels.some(({ cap }) => cap === 'each') ? { channel_caps: caps(channels.length) } : {})
  };
}

/** Of sums over people, relative to the largest; of what a person takes, as it is. */
function difference(got: Ort.InferenceSession.ReturnType, want: Ort.InferenceSession.ReturnType): number {
  let farthest = 0;
  for (const [name, { data }] of Object.entries(want)) {
    const [one, other] = [got[name]?.data as Float32Array, data as Float32Array];
    const scale = name === 'x' ? 1 : Math.max(...other.map(Math.abs));
    for (const [at, each] of other.entries()) {
      const off = Math.abs((one[at] ?? NaN) - each) / scale;
      if (!(off <= farthest)) farthest = off;
    }
  }
  return farthest;
}

async function time(session: Ort.InferenceSession, feeds: Record<string, Ort.Tensor>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await session.run(feeds);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[ROUNDS / 2] ?? NaN;
}

function row(values: readonly number[]): Ort.Tensor {
  return tensor(Float32Array.from(values), [values.length]);
}

function tensor(values: Float32Array, shape: readonly number[]): Ort.Tensor {
  return new ort.Tensor('float32', values, shape);
}
