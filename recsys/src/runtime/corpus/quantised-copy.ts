/**
 * The 8-bit copy of a part, in memory only. Made tile by tile: rounded into a temporary file, loaded (which packs it into ONNX Runtime's own
 * memory), and the file removed. A killed runtime leaves nothing that the next start does not clear away.
 */
import { open, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { type ItemTile, quantisedScan } from '../../graphs/index.js';
import { blockLayout, type QuantisationLoss, quantiseRows } from '../../kernels/index.js';
import { type Answer, createSession, type Feeds, type SessionOptions } from './create-session.js';
import { itemSteps } from './item-steps.js';
import { writeAt } from '../moved-bytes.js';

/** Rows are rounded in steps of so many numbers, some 10 ms each. */
const STEP_VALUES = 2 ** 21;

export class QuantisedCopy {
  readonly #sessions: InferenceSession[] = [];
  #loss: QuantisationLoss = { maxError: 0, maxNorm: 0 };
  #isReleased = false;

  constructor(
    private readonly tiles: readonly ItemTile[],
    private readonly options: SessionOptions
  ) {}

  get isReady(): boolean {
    return this.#sessions.length === this.tiles.length;
  }

  /** How far it is off from the items; only meant once it is ready. */
  get loss(): QuantisationLoss {
    return this.#loss;
  }

  run(tile: number, feeds: Feeds): Promise<Answer> {
    const session = this.#sessions[tile];
    if (session === undefined) throw new Error(`tile ${tile} has no 8-bit copy yet`);
    return session.run(feeds);
  }

  /** Makes the copy of one more tile; `pause` is called every few milliseconds, and ends it by throwing. */
  async advance(pause: () => Promise<void>): Promise<void> {
    const tile = this.tiles[this.#sessions.length];
    if (tile === undefined) return;
    const layout = blockLayout(tile.dimensions);
    const name = `${basename(tile.file)}.${tile.firstRow}.quantised`;
    const [file, scaleFile] = [`${name}.u8`, `${name}.f32`];
    try {
      const loss = await this.#write(tile, file, scaleFile, pause);
      if (this.#isReleased) return;
      const graph = quantisedScan({ ...tile, ...layout, file, scaleFile, firstRow: 0 });
      const session = await createSession(graph, this.options.scratch, this.options.threads, { pack: true });
      if (this.#isReleased) return await session.release();
      this.#sessions.push(session);
      this.#loss = {
        maxError: Math.max(this.#loss.maxError, loss.maxError),
        maxNorm: Math.max(this.#loss.maxNorm, loss.maxNorm)
      };
    } finally {
      await rm(join(this.options.scratch, file), { force: true });
      await rm(join(this.options.scratch, scaleFile), { force: true });
    }
  }

  /** For good: the part is none of the corpus any more. */
  async release(): Promise<void> {
    this.#isReleased = true;
    for (const session of this.#sessions.splice(0)) await session.release();
    this.#loss = { maxError: 0, maxNorm: 0 };
  }

  async #write(
    tile: ItemTile,
    numbersFile: string,
    scaleFile: string,
    pause: () => Promise<void>
  ): Promise<QuantisationLoss> {
    const { block, blocks } = blockLayout(tile.dimensions);
    const rowBytes = block * blocks;
    const scales = new Float32Array(tile.rows * blocks);
    let rounded: Uint8Array | undefined;
    let [maxError, maxNorm] = [0, 0];
    const file = await open(join(this.options.folder, tile.file), 'r');
    const numbers = await open(join(this.options.scratch, numbersFile), 'w', 0o600);
    try {
      for await (const { items, start, rows } of itemSteps(file, tile, STEP_VALUES, pause)) {
        rounded ??= new Uint8Array(rows * rowBytes); // no later step is longer
        const into = rounded.subarray(0, rows * rowBytes);
        const scale = scales.subarray(start * blocks, (start + rows) * blocks);
        const loss = quantiseRows(items, tile.dimensions, into, scale);
        [maxError, maxNorm] = [Math.max(maxError, loss.maxError), Math.max(maxNorm, loss.maxNorm)];
        await writeAt(numbers, into, start * rowBytes);
      }
    } finally {
      await file.close();
      await numbers.close();
    }
    await writeFile(join(this.options.scratch, scaleFile), new Uint8Array(scales.buffer), { mode: 0o600 });
    return { maxError, maxNorm };
  }
}
