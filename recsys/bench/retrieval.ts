/**
 * How quickly the exact best k are found, by ours and by what people use otherwise, interleaved in one run, and how near
 * that is to what the machine can do. Ours is what a notebook sees: Python, the client, the runtime behind its socket.
 *
 * Options: `--rows 1000000 --dimensions 128 --k 100 --rounds 7 --seed 0`; `--data PATH.npy` (floats [n, d]; the 256 rows
 * behind the items are the queries); `--hnsw` (builds hnswlib's graph also above 200,000 rows, which takes many minutes);
 * `--quick` (50,000 rows, 2 rounds, no hnswlib); `--device cuda` (ours on the GPU; `--python` needs the extra then); `--python PATH` and `--torch-python PATH` (instead of the environments
 * that the bench finds or makes).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { printReport } from '../../scripts/bench-report.ts';
import { peersPython, torchPython } from './bench-environment.ts';
import { wholeNumber } from './whole-number.ts';
import { retrievalReport } from './retrieval-figures.ts';
import { type MeasuredWith, RetrievalBench } from './retrieval-measurements.ts';

/** hnswlib's graph is built for fewer: this many take a minute or two. */
const HNSW_ROWS = 200_000;

export async function bench(args: readonly string[]): Promise<void> {
  const options = await readOptions(args);
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-bench-')); // short: a socket lies in it
  try {
    printReport(retrievalReport(options, await new RetrievalBench(folder, options).run()));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function readOptions(args: readonly string[]): Promise<MeasuredWith> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      dimensions: { type: 'string', default: '128' },
      k: { type: 'string', default: '100' },
      rounds: { type: 'string' },
      seed: { type: 'string', default: '0' },
      data: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      hnsw: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      python: { type: 'string' },
      'torch-python': { type: 'string' }
    }
  });
  return {
    rows: wholeNumber('rows', values.rows ?? (values.quick ? '50000' : '1000000'), 1024),
    dimensions: wholeNumber('dimensions', values.dimensions, 1),
    k: wholeNumber('k', values.k, 1),
    rounds: wholeNumber('rounds', values.rounds ?? (values.quick ? '2' : '7'), 1),
    seed: wholeNumber('seed', values.seed, 0),
    device: values.device,
    data: values.data === undefined ? null : path.resolve(values.data),
    mostHnswRows: values.hnsw ? Infinity : values.quick ? 0 : HNSW_ROWS,
    python: values.python ?? (await peersPython()),
    torch: values['torch-python'] === undefined ? await torchPython() : { python: values['torch-python'] }
  };
}
