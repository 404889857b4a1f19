/** Carries out the retrieval bench: starts the processes, has the answers judged, then measures round by round. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BENCH_FOLDER, ourVariables, peerVariables, THREADS } from './bench-environment.ts';
import { AnsweredError, LineProcess } from './line-process.ts';
import { type Case, CASES, libraryOf, OURS, peersOf, type Role } from './retrieval-plan.ts';

export interface MeasuredWith {
  readonly rows: number;
  readonly dimensions: number;
  readonly k: number;
  readonly seed: number;
  readonly data: string | null;
  /** Of ours: `cpu` or `cuda`. */
  readonly device: string;
  readonly rounds: number;
  /** With more, hnswlib's graph is not built: that takes minutes. */
  readonly mostHnswRows: number;
  readonly python: string;
  readonly torch: { python: string } | { missing: string };
}

export interface Measurements {
  readonly rows: number;
  readonly dimensions: number;
  /** Seconds a call, by case, then by who; one list for each round. */
  readonly seconds: ReadonlyMap<string, ReadonlyMap<string, readonly (readonly number[])[]>>;
  /** Why somebody is not compared: by `who`, or by `case/who`. */
  readonly missing: ReadonlyMap<string, string>;
  /** By `case/who`; of ours against the twin, of others against ours. */
  readonly recall: ReadonlyMap<string, number>;
  /** The largest error of a peer's scores, by `case/who`. */
  readonly differences: ReadonlyMap<string, number>;
  /** How many queries were certified by the 8-bit scan, the float32 scan, by scoring every row. */
  readonly certificates: ReadonlyMap<string, readonly number[]>;
  /** Bytes per second and seconds, by way; one for each round. */
  readonly bandwidth: readonly Readonly<Record<string, number>>[];
  readonly products: readonly Readonly<Record<string, number>>[];
  readonly isQuantised: boolean;
  readonly notes: Readonly<Record<string, string | number>>;
}

/** Threads that still spin for the call before must not take the cores of the next one's. */
const SETTLE_MS = 100;

interface Judgement {
  readonly recall: number;
  readonly isTwins: boolean;
  readonly peers: Readonly<Record<string, { readonly recall: number; readonly difference: number }>>;
}

export class RetrievalBench {
  readonly #folder: string;
  readonly #options: MeasuredWith;
  readonly #processes = new Map<Role | typeof OURS, LineProcess>();
  readonly #missing = new Map<string, string>();
  readonly #recall = new Map<string, number>();
  readonly #differences = new Map<string, number>();
  readonly #certificates = new Map<string, readonly number[]>();
  readonly #seconds = new Map<string, Map<string, number[][]>>();
  readonly #notes: Record<string, string | number> = {};

  constructor(folder: string, options: MeasuredWith) {
    this.#folder = folder;
    this.#options = options;
  }

  async run(): Promise<Measurements> {
    try {
      const size = await this.#makeData();
      await this.#start();
      await this.#buildHnsw(size.rows);
      for (const each of CASES) await this.#judge(each);
      const rooflines = await this.#measure();
      return {
        ...size,
        ...rooflines,
        seconds: this.#seconds,
        missing: this.#missing,
        recall: this.#recall,
        differences: this.#differences,
        certificates: this.#certificates,
        isQuantised: await this.#process(OURS).ask<boolean>('quantised'),
        notes: this.#notes
      };
    } finally {
      for (const each of this.#processes.values()) await each.end();
    }
  }

  async #makeData(): Promise<{ rows: number; dimensions: number }> {
    const { rows, dimensions, k, seed, data, device } = this.#options;
    const settings = { rows, dimensions, k, seed, data, device, threads: THREADS, cases: CASES };
    const write = (changed: object): Promise<void> =>
      writeFile(path.join(this.#folder, 'settings.json'), JSON.stringify({ ...settings, ...changed }));
    await write({});
    const maker = this.#spawn('make', this.#options.python, peerVariables());
    try {
      const size = await maker.ask<{ rows: number; dimensions: number }>('make');
      await write(size);
      return size;
    } finally {
      await maker.end();
    }
  }

  /** Loads everything everywhere; ours waits for its 8-bit copy. A peer that cannot be loaded is missing. */
  async #start(): Promise<void> {
    const { python, torch } = this.#options;
    this.#processes.set('native', this.#spawn('native', python, peerVariables()));
    this.#processes.set(OURS, this.#spawn(OURS, python, ourVariables(path.join(this.#folder, 'run'))));
    if ('python' in torch) this.#processes.set('torch', this.#spawn('torch', torch.python, peerVariables()));
    else this.#missing.set('torch', torch.missing);
    for (const each of this.#processes.values()) {
      const { missing, versions } = await each.ask<Record<'missing' | 'versions', Record<string, string>>>('ready');
      for (const [who, why] of Object.entries(missing)) this.#missing.set(who, why);
      for (const [library, version] of Object.entries(versions)) this.#notes[`version_${library}`] = version;
    }
    this.#missing.set('usearch_filter', 'its Python binding has no search with a filter');
    const threads = await this.#process('native').ask<Record<string, number>>('threads');
    this.#notes['threads_of_libraries'] = Object.entries(threads)
      .map(([library, count]) => `${library}: ${count}`)
      .join(', ');
  }

  async #buildHnsw(rows: number): Promise<void> {
    if (this.#missing.has('hnswlib')) return;
    if (rows > this.#options.mostHnswRows) {
      this.#missing.set('hnswlib', `not built for ${rows} rows without --hnsw`);
    } else {
      this.#notes['hnswlib_build_s'] = Math.round(await this.#process('native').ask<number>('hnsw'));
    }
  }

  /** Has everybody answer once, which warms them up as well. @throws Error where ours is not the exact twin's answer */
  async #judge(each: Case): Promise<void> {
    const ours = path.join(this.#folder, 'ours.npz');
    const certificates = await this.#process(OURS).ask<number[]>('answer', { who: OURS, case: each.name, path: ours });
    this.#certificates.set(each.name, certificates);
    const peers: Record<string, string> = {};
    for (const who of this.#present(each)) {
      peers[who] = path.join(this.#folder, `${who}.npz`);
      try {
        await this.#processOf(each, who).ask('answer', { who, case: each.name, path: peers[who] });
      } catch (error: unknown) {
        if (!(error instanceof AnsweredError)) throw error;
        delete peers[who];
        this.#missing.set(`${each.name}/${who}`, error.message);
      }
    }
    const verdict = await this.#process('native').ask<Judgement>('judge', { case: each.name, ours, peers });
    if (!verdict.isTwins) {
      throw new Error(`${each.name}: ours is not the exact twin's answer; recall ${verdict.recall}`);
    }
    this.#recall.set(`${each.name}/${OURS}`, verdict.recall);
    for (const [who, { recall, difference }] of Object.entries(verdict.peers)) {
      this.#recall.set(`${each.name}/${who}`, recall);
      this.#differences.set(`${each.name}/${who}`, difference);
      if (recall < 1) this.#missing.set(`${each.name}/${who}`, `recall ${recall.toFixed(4)}`);
    }
  }

  /** Round −1 only warms up. Who is first changes from round to round. */
  async #measure(): Promise<Pick<Measurements, 'bandwidth' | 'products'>> {
    const bandwidth: Record<string, number>[] = [];
    const products: Record<string, number>[] = [];
    for (let round = -1; round < this.#options.rounds; round += 1) {
      for (const each of CASES) await this.#measureCase(each, round);
      const best = { bandwidth: await this.#ofAll('bandwidth'), products: await this.#ofAll('products') };
      if (round < 0) continue;
      bandwidth.push(best.bandwidth);
      products.push(best.products);
    }
    return { bandwidth, products };
  }

  async #measureCase(each: Case, round: number): Promise<void> {
    for (const who of rotated([OURS, ...this.#present(each)], round + 1)) {
      await sleep(SETTLE_MS);
      const seconds = await this.#processOf(each, who).ask<number[]>('measure', { who, case: each.name });
      if (round >= 0) this.#keep(each, who, seconds);
    }
  }

  #keep({ name }: Case, who: string, seconds: number[]): void {
    const ofCase = this.#seconds.get(name) ?? new Map<string, number[][]>();
    this.#seconds.set(name, ofCase);
    ofCase.set(who, [...(ofCase.get(who) ?? []), seconds]);
  }

  async #ofAll(what: 'bandwidth' | 'products'): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const role of ['native', 'torch'] as const) {
      await sleep(SETTLE_MS);
      Object.assign(found, await this.#processes.get(role)?.ask<Record<string, number>>(what));
    }
    return found;
  }

  /** Those that can be measured; also where their recall is too low, which is told. */
  #present(each: Case): string[] {
    return Object.keys(peersOf(each)).filter(who => {
      const isFailing = this.#missing.has(`${each.name}/${who}`) && !this.#recall.has(`${each.name}/${who}`);
      return !this.#missing.has(libraryOf(who)) && !isFailing;
    });
  }

  #processOf(each: Case, who: string): LineProcess {
    return this.#process(who === OURS ? OURS : (peersOf(each)[who] ?? 'native'));
  }

  #process(role: Role | typeof OURS): LineProcess {
    const found = this.#processes.get(role);
    if (found === undefined) throw new Error(`there is no process for ${role}`);
    return found;
  }

  #spawn(role: string, python: string, env: NodeJS.ProcessEnv): LineProcess {
    return new LineProcess(role, python, [path.join(BENCH_FOLDER, 'retrieval_peers.py'), role, this.#folder], env);
  }
}

function rotated<T>(values: readonly T[], by: number): T[] {
  const start = by % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}
