/** Decides what scans a corpus, by trying it. */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compute } from '../create-request.js';
import { invalid } from '../runtime-error.js';
import type { Device } from './create-session.js';
import { deviceProblem, PROBE_ITEMS } from './device-probe.js';

const FIX = [
  'want a GPU whose driver knows CUDA 13, and `pip install "berth-recsys[cuda]"` with Python 3.11 or newer',
  'a runtime that serves already does not see what is installed later: it ends ten minutes after its last notebook'
].join('; ');

export interface Gpu {
  readonly isThere: () => boolean;
  /** What is wrong with its answers, or why there are none; undefined: nothing. */
  readonly problem: (folder: string) => Promise<string | undefined>;
}

/** Of the driver, on Linux and on Windows' Linux. */
const DRIVERS = ['/dev/nvidiactl', '/dev/dxg'];
const GPU: Gpu = { isThere: () => DRIVERS.some(path => existsSync(path)), problem: tryScan };

/**
 * The device for what is wanted: `auto` is the CPU.
 *
 * @param folder  where a small file may be written
 * @throws RuntimeError `invalid-input` where `cuda` is wanted and does not work
 */
export async function findDevice(wanted: Compute['device'], folder: string, gpu = GPU): Promise<Device> {
  if (wanted !== 'cuda') return 'cpu';
  const problem = gpu.isThere() ? await gpu.problem(folder) : 'no driver of NVIDIA';
  if (problem === undefined) return 'cuda';
  throw invalid('device', `there is no cuda here (${problem}): ${FIX}`);
}

async function tryScan(folder: string): Promise<string | undefined> {
  const file = 'probe.f32';
  try {
    await writeFile(join(folder, file), PROBE_ITEMS, { mode: 0o600 });
    return await deviceProblem(folder, file, 'cuda');
  } catch (error: unknown) {
    return (error as Error).message;
  } finally {
    await rm(join(folder, file), { force: true });
  }
}
