/** One tile of float32 items in a device's memory, put there when it is first scanned. */
import { Tensor } from 'onnxruntime-node';
import { deviceScan, type ItemTile } from '../../graphs/index.js';
import { RuntimeError } from '../runtime-error.js';
import { type Answer, createSession, type Device, type Feeds, type SessionOptions } from './create-session.js';
import { LazySession } from './lazy-session.js';

const NOTHING_ADDED: Feeds = { added: new Tensor('float32', new Float32Array(1), [1]) };

export class DeviceTile {
  readonly #session: LazySession;

  constructor(tile: ItemTile, { folder, threads, deviceScans }: SessionOptions) {
    const provider: Device = deviceScans?.provider ?? 'cpu';
    const graph = deviceScan(tile, deviceScans?.limits.stripRows);
    this.#session = new LazySession(() =>
      createSession(graph, folder, threads, { provider }).catch((error: unknown) => {
        throw refusal(error, tile);
      })
    );
    this.firstRow = tile.firstRow;
    this.rows = tile.rows;
  }

  readonly firstRow: number;
  readonly rows: number;

  /** @param feeds  queries, and where something is to be added: added */
  async scan({ queries, added }: Feeds): Promise<Answer> {
    const session = await this.#session.get();
    return session.run({ ...NOTHING_ADDED, ...(added === undefined ? {} : { added }), queries } as Feeds);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** What a person can do about a device that has no room; anything else is for the log. */
function refusal(error: unknown, { rows, dimensions }: ItemTile): unknown {
  const text = (error as Error).message;
  if (!/out of memory|failed to allocate/i.test(text)) return error;
  const gib = ((rows * dimensions * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30).toFixed(2);
  return new RuntimeError(
    'memory-exceeded',
    `the GPU has no room for ${gib} GiB of items: choose another one by CUDA_VISIBLE_DEVICES, or device "cpu" (${text})`,
    'device'
  );
}
