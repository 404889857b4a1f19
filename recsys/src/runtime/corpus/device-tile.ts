/** One tile of float32 items in a device's memory, put there when it is first scanned. */
import { Tensor } from 'onnxruntime-node';
import { deviceScan, type ItemTile } from '../../graphs/index.js';
import { RuntimeError } from '../runtime-error.js';
import { type Answer, createSession, type DeviceScans, type Feeds, type SessionOptions } from './create-session.js';
import { LazySession } from './lazy-session.js';

const NOTHING_ADDED: Feeds = { added: new Tensor('float32', new Float32Array(1), [1]) };

export class DeviceTile {
  readonly #session: LazySession;

  constructor(
    private readonly tile: ItemTile,
    { folder, threads }: SessionOptions,
    { provider, limits }: DeviceScans
  ) {
    this.#session = new LazySession(() =>
      createSession(deviceScan(tile, limits.stripRows), folder, threads, { provider })
    );
  }

  get firstRow(): number {
    return this.tile.firstRow;
  }

  get rows(): number {
    return this.tile.rows;
  }

  /**
   * @param feeds  queries, and where something is to be added: added
   * @throws RuntimeError `memory-exceeded`; or `runtime-crashed`: after a failure a GPU answers nothing more in this process
   */
  async scan({ queries, added }: Feeds): Promise<Answer> {
    try {
      const session = await this.#session.get();
      return await session.run({ ...NOTHING_ADDED, ...(added === undefined ? {} : { added }), queries } as Feeds);
    } catch (error: unknown) {
      throw failure((error as Error).message, this.rows * this.tile.dimensions);
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function failure(text: string, numbers: number): RuntimeError {
  if (!/out of memory|failed to allocate/i.test(text))
    return new RuntimeError('runtime-crashed', `the GPU has failed: ${text}; the next call starts it again`);
  const gib = ((numbers * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30).toFixed(2);
  return new RuntimeError(
    'memory-exceeded',
    `the GPU has no room for ${gib} GiB of items and their scores: choose another one by CUDA_VISIBLE_DEVICES, or device "cpu" (${text})`,
    'device'
  );
}
