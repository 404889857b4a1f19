/**
 * What a call from a notebook costs: from an array of 1 GiB to the first answer, beside sending that array over HTTP to a
 * Node server that copies it; a search of 32 queries from Python, beside the same one inside Node; and the memory of the
 * runtime's processes meanwhile. Rounds are interleaved.
 *
 * Options: `--bytes 1073741824 --dimensions 128 --k 100 --rounds 7 --calls 5 --seed 0`, `--python PATH`.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchReport, median, printReport } from '../../scripts/bench-report.ts';
import { BENCH_FOLDER, ourVariables, peerVariables, peersPython, THREADS } from './bench-environment.ts';
import { copyingServer } from './copying-server.ts';
import { LineProcess } from './line-process.ts';
import { wholeNumber } from './whole-number.ts';

const FLOAT_BYTES = 4;
/** Where corpora lie if there is room: a snapshot beside them takes no memory of its own. */
const SHARED_MEMORY = '/dev/shm';
const SETTLE_MS = 100;

interface Options {
  readonly rows: number;
  readonly dimensions: number;
  readonly k: number;
  readonly rounds: number;
  readonly calls: number;
  readonly seed: number;
  readonly python: string;
}

/** In seconds, one or more for each round. */
interface Transfers {
  readonly create: number[];
  readonly firstQuery: number[];
  readonly http: number[];
}
interface Calls {
  readonly python: number[];
  readonly node: number[];
}

interface Peak {
  readonly server: number;
  readonly children: number;
  readonly count: number;
}

export async function bench(args: readonly string[]): Promise<void> {
  const options = await readOptions(args);
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-bench-')); // short: sockets lie in it
  const shared = await mkdtemp(path.join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : folder, 'berth-bench-'));
  const script = path.join(BENCH_FOLDER, 'notebook_call.py');
  const notebook = new LineProcess('the notebook', options.python, [script, folder], ourVariables(folder));
  try {
    const { rows, dimensions, k, seed } = options;
    await notebook.ask('fill', { rows, dimensions, k, seed });
    const transfers = await measureTransfers(notebook, options);
    await notebook.ask('create');
    await notebook.ask('queries', { count: options.calls });
    const peak = await notebook.ask<Peak | null>('peak'); // before anything else is asked of this runtime
    const calls = await measureCalls(notebook, { ...options, folder, snapshot: path.join(shared, 'snapshot') });
    printReport(report(options, transfers, calls, peak));
  } finally {
    await notebook.end();
    for (const each of [folder, shared]) await rm(each, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function readOptions(args: readonly string[]): Promise<Options> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      bytes: { type: 'string', default: `${2 ** 30}` },
      dimensions: { type: 'string', default: '128' },
      k: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '7' },
      calls: { type: 'string', default: '5' },
      seed: { type: 'string', default: '0' },
      python: { type: 'string' }
    }
  });
  const dimensions = wholeNumber('dimensions', values.dimensions, 1);
  return {
    rows: Math.floor(wholeNumber('bytes', values.bytes, dimensions * FLOAT_BYTES) / dimensions / FLOAT_BYTES),
    dimensions,
    k: wholeNumber('k', values.k, 1),
    rounds: wholeNumber('rounds', values.rounds, 1),
    calls: wholeNumber('calls', values.calls, 1),
    seed: wholeNumber('seed', values.seed, 0),
    python: values.python ?? (await peersPython())
  };
}

/** Ours starts its runtime anew each time; the server of the other one runs already. Round −1 only warms up. */
async function measureTransfers(notebook: LineProcess, { rounds }: Options): Promise<Transfers> {
  const transfers: Transfers = { create: [], firstQuery: [], http: [] };
  const server = await copyingServer();
  const ours = async (round: number): Promise<void> => {
    const { create, firstQuery } = await notebook.ask<{ create: number; firstQuery: number }>('create');
    await notebook.ask('end');
    if (round < 0) return;
    transfers.create.push(create);
    transfers.firstQuery.push(firstQuery);
  };
  const http = async (round: number): Promise<void> => {
    const seconds = await notebook.ask<number>('send', { port: server.port });
    if (round >= 0) transfers.http.push(seconds);
  };
  for (let round = -1; round < rounds; round += 1) {
    for (const measure of round % 2 === 0 ? [ours, http] : [http, ours]) {
      await sleep(SETTLE_MS);
      await measure(round);
    }
  }
  server.close();
  return transfers;
}

/** @throws Error where both do not give the same answer */
async function measureCalls(
  notebook: LineProcess,
  { folder, snapshot, rounds, calls: count, k }: Options & { folder: string; snapshot: string }
): Promise<Calls> {
  await notebook.ask('save', { folder: snapshot });
  const script = path.join(BENCH_FOLDER, 'notebook-call-node.ts');
  const args = [script, snapshot, path.join(folder, 'queries.f32'), `${k}`, `${THREADS}`];
  const node = new LineProcess('Node', process.execPath, args, peerVariables());
  try {
    const digests = [await notebook.ask<string>('digest'), await node.ask<string>('digest')];
    if (digests[0] !== digests[1]) throw new Error('Python and Node have different answers');
    return await interleavedCalls({ python: notebook, node }, rounds, count);
  } finally {
    await node.end();
  }
}

async function interleavedCalls(
  processes: Readonly<Record<keyof Calls, LineProcess>>,
  rounds: number,
  count: number
): Promise<Calls> {
  const calls: Calls = { python: [], node: [] };
  for (let round = -1; round < rounds; round += 1) {
    for (const who of round % 2 === 0 ? (['python', 'node'] as const) : (['node', 'python'] as const)) {
      await sleep(SETTLE_MS);
      const seconds = await processes[who].ask<number[]>('queries', { count });
      if (round >= 0) calls[who].push(...seconds);
    }
  }
  return calls;
}

function report(options: Options, transfers: Transfers, calls: Calls, peak: Peak | null): BenchReport {
  const { rows, dimensions } = options;
  const bytes = rows * dimensions * FLOAT_BYTES;
  const ratios = transfers.http.map((seconds, round) => seconds / (transfers.create[round] ?? NaN));
  const micro = (values: readonly number[]): number => Math.round(median(values) * 1e6);
  return {
    bench: 'notebook-call',
    ours: {
      query_p50_us: micro(calls.python),
      node_p50_us: micro(calls.node),
      first_query_s: round3(median(transfers.firstQuery)),
      create_s: round3(median(transfers.create)),
      rss_ratio: peak === null ? null : round3((peak.server + peak.children) / bytes)
    },
    peers: { copying_http_1gib_s: round3(median(transfers.http)) },
    ratio: { copying_http_1gib: round3(median(ratios)) },
    conditions: {
      bytes,
      rows,
      dimensions,
      k: options.k,
      rounds: options.rounds,
      calls_a_round: options.calls,
      threads: THREADS,
      query_ms: range(calls.python.map(seconds => seconds * 1000)),
      node_ms: range(calls.node.map(seconds => seconds * 1000)),
      create_s: range(transfers.create),
      first_query_s: range(transfers.firstQuery),
      copying_http_s: range(transfers.http),
      ratio_copying_http: range(ratios),
      rss: peak === null ? 'null: there is no /proc/PID/status here' : peakText(peak),
      measured:
        'create and first query: from Retriever(array) with no runtime running; HTTP: from a Python memory view over loopback to a ' +
        'Node server that runs already and copies into a new array, nothing checked, no query; node: Corpus and search in one process'
    }
  };
}

function peakText({ server, children, count }: Peak): string {
  const [own, theirs] = [server, children].map(bytes => `${(bytes / 2 ** 20).toFixed(0)} MiB`);
  return `VmHWM, mapped pages included: server ${own}, ${count} child ${theirs}, after creation and searches of 32 queries`;
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;
const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
