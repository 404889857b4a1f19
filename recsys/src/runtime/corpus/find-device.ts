/** Decides what scans a corpus, by trying it. */
import { existsSync } from 'node:fs';
import { float32s, type Graph, GraphBuilder } from '../../onnx/index.js';
import type { Compute } from '../create-request.js';
import { invalid } from '../runtime-error.js';
import { createSession, type Device } from './create-session.js';

const FIX = 'want a GPU whose driver knows CUDA 13, and pip install "berth-recsys[cuda]", before the runtime starts';

export interface Gpu {
  readonly isThere: () => boolean;
  /** Loads something small on it. */
  readonly load: () => Promise<void>;
}

/** Of the driver, on Linux and on Windows' Linux. */
const DRIVERS = ['/dev/nvidiactl', '/dev/dxg'];
const GPU: Gpu = { isThere: () => DRIVERS.some(existsSync), load: loadOnGpu };

/**
 * The device for what is wanted; `auto` takes the GPU where there is one that works.
 *
 * @throws RuntimeError `invalid-input` where `cuda` is wanted and does not work
 */
export async function findDevice(wanted: Compute['device'], gpu = GPU): Promise<Device> {
  if (wanted === 'cpu') return 'cpu';
  const problem = gpu.isThere()
    ? await gpu.load().then(
        () => undefined,
        (error: unknown) => (error as Error).message
      )
    : 'no driver of NVIDIA';
  if (problem === undefined) return 'cuda';
  if (wanted === 'cuda') throw invalid('device', `there is no cuda here (${problem}): ${FIX}`);
  return 'cpu';
}

async function loadOnGpu(): Promise<void> {
  const session = await createSession(twice(), '.', 1, { provider: 'cuda' });
  await session.release();
}

function twice(): Graph {
  const g = new GraphBuilder('probe');
  const x = g.input('x', 'float32', [1]);
  g.output(g.node('Mul', [x, g.initializer(float32s('two', [2]))]), 'float32', [1]);
  return g.build();
}
