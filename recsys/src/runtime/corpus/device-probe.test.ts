/** @jest-environment ./scripts/jest-native-arrays.cjs */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deviceProblem, PROBE_ITEMS } from './device-probe.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-probe-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function problemOf(items: Float32Array): Promise<string | undefined> {
  await writeFile(join(folder, 'items.f32'), items);
  return deviceProblem(folder, 'items.f32', 'cpu');
}

test('nothing is wrong with a device that multiplies in float32', async () => {
  expect(await problemOf(PROBE_ITEMS)).toBeUndefined();
});

test('a device that keeps 10 of 23 bits, as TF32 does, is found out', async () => {
  const words = new Uint32Array(PROBE_ITEMS.slice().buffer).map(word => (word + 0x1000) & ~0x1fff);
  expect(await problemOf(new Float32Array(words.buffer))).toMatch(/is off by/);
});

test('a device that mixes up rows is found out', async () => {
  const items = PROBE_ITEMS.slice();
  items.copyWithin(0, 64);
  expect(await problemOf(items)).toMatch(/is off by/);
});
