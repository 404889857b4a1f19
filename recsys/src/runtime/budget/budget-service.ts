/** What can be asked of one budget, by name of method; requests come one after the other. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem, Tiles } from '../../kernels/budget/problem.js';
import type { Control } from '../control.js';
import type { Device } from '../corpus/create-session.js';
import { findDevice } from '../corpus/find-device.js';
import type { Compute } from '../create-request.js';
import type { Answer } from '../message.js';
import { isRuntimeError, RuntimeError } from '../runtime-error.js';
import type { Asked } from '../serve-requests.js';
import { checkFiles } from './check-files.js';
import { budgetFiles, LAID_FILES } from './budget-files.js';
import { type BudgetState, levelFile, readState, writeState } from './budget-state.js';
import type { CreateBudget } from './create-budget.js';
import { PASS_BYTES } from './estimate-budget.js';
import { Fingerprint } from './fingerprint.js';
import { layLevels, type Level, withSamplesInMemory } from './lay-levels.js';
import { OnnxPass } from './onnx-pass.js';
import { readProblem } from './read-problem.js';
import { readSolve } from './solve-request.js';
import { solve } from './solve.js';
import { throttled } from './throttled.js';
import { FileStore, MemoryStore, tilesOf } from './tile-store.js';

export interface BudgetServiceOptions {
  readonly folder: string;
  readonly threads: number;
  /** Whether tiles stay in memory. */
  readonly isResident: boolean;
  /** What could be taken now. */
  readonly availableMemory: () => number;
  readonly now: () => number;
}

interface Laid {
  readonly problem: Problem;
  readonly levels: readonly Level[];
}

type Sums = NonNullable<BudgetState['sums']>;

/** What a session costs, 10 to 400 ms, is what some tens of passes over so many cells take without one. */
const PLAIN_CELLS = 2 ** 16;
/** Of the memory that is available, so much is left to others. */
const SPARED = 0.1;

export class BudgetService {
  #state: BudgetState | undefined;
  #laid: Laid | undefined;
  #pass: OnnxPass | undefined;
  #device: Device = 'cpu';
  hasLostDevice = false;

  constructor(private readonly options: BudgetServiceOptions) {}

  /** Finds the device, and what a process before this one has left. @throws RuntimeError where the device is not there */
  async open(wanted: Compute['device']): Promise<void> {
    const { folder } = this.options;
    this.#device = await findDevice(wanted, folder);
    this.#state = await readState(folder);
  }

  async call(asked: Asked): Promise<Answer> {
    switch (asked.method) {
      case 'budget.create':
        return { result: await this.#create(asked.params as unknown as CreateBudget) };
      case 'budget.seal':
        return { result: await this.#seal(asked) };
      case 'budget.solve':
        return this.#solve(asked);
      default:
        throw new RuntimeError('not-found', `there is no method ${asked.method}`);
    }
  }

  /** Files of the right sizes for the client to fill. */
  async #create(create: CreateBudget): Promise<object> {
    const { folder } = this.options;
    const files = budgetFiles(create);
    for (const { name, bytes } of files) {
      const file = await open(join(folder, name), 'w', 0o600);
      await file.truncate(bytes);
      await file.close();
    }
    await this.#keep({ create, isSealed: false });
    return { files: Object.fromEntries(files.map(({ name }) => [name, join(folder, name)])) };
  }

  /** Where it throws, the files are as they were: they can be filled again. */
  async #seal({ control, report }: Asked): Promise<object> {
    if (this.#state === undefined) throw new RuntimeError('conflict', 'the budget has not been made');
    if (this.#state.isSealed) throw new RuntimeError('conflict', 'the budget is sealed already');
    const { folder, now, isResident } = this.options;
    const start = now();
    const { create } = this.#state;
    const { problem, levels, sums } = await this.#lay(create, control, report);
    const stored = levels.map(({ share, people, store }) => ({ share, people, places: store.places }));
    await this.#keep({ create, isSealed: true, sums, ...(isResident ? {} : { levels: stored }) });
    // Where tiles are in memory they are laid again after a crash, from these.
    if (!isResident) for (const file of LAID_FILES) await rm(join(folder, file), { force: true });
    this.#laid = { problem, levels: isResident ? levels : withSamplesInMemory(levels) };
    return {
      memoryBytes: process.memoryUsage.rss(),
      tileBytes: levels.reduce((sum, { store }) => sum + store.bytes, 0),
      tiles: levels.at(-1)?.store.count ?? 0,
      isResident,
      ms: now() - start
    };
  }

  async #solve(asked: Asked): Promise<Answer> {
    const { create, problem, levels } = await this.#sealed(asked);
    const { threads, now, isResident } = this.options;
    const request = readSolve(asked.params, asked.arrays, problem.limits);
    const plainCells = this.#device === 'cpu' ? PLAIN_CELLS : 0;
    this.#pass ??= new OnnxPass({ problem, threads, provider: this.#device, plainCells });
    const tiles = levels.map(({ store, share, people }): Tiles => tilesOf(store, share, people));
    const solvable = { candidates: create.candidates, problem, levels: tiles, pass: this.#pass.pass, isResident };
    try {
      return await solve(solvable, request, { ...asked, now });
    } catch (error: unknown) {
      if (this.#device === 'cpu' || isRuntimeError(error)) throw error;
      this.hasLostDevice = true;
      throw new RuntimeError('runtime-crashed', `the GPU has failed: ${String(error)}; the next call starts it again`);
    }
  }

  async #sealed({ control, report }: Asked): Promise<Laid & { create: CreateBudget }> {
    if (this.#state?.isSealed !== true) throw new RuntimeError('conflict', 'the budget is not sealed yet');
    const { create, levels, sums } = this.#state;
    if (this.#laid === undefined) {
      const laid =
        levels === undefined ? await this.#lay(create, control, report) : await this.#reopened(create, levels);
      if (laid.sums.problem !== sums?.problem || (laid.sums.all ?? sums.all) !== sums.all)
        throw new RuntimeError('conflict', 'the files of the budget have changed since it was sealed: make it anew');
      this.#laid = laid;
    }
    return { ...this.#laid, create };
  }

  async #lay(create: CreateBudget, control: Control, report: Asked['report']): Promise<Laid & { sums: Sums }> {
    const { folder, isResident, now } = this.options;
    const total = create.candidates;
    const say = throttled(report, now);
    const onLaid = (done: number): void => say(() => ({ done, total, what: 'candidates laid' }));
    await checkFiles(folder, budgetFiles(create));
    const problem = await readProblem(folder, create);
    const fingerprint = new Fingerprint();
    fingerprint.takeProblem(problem);
    const sum = fingerprint.sum;
    const makeStore = (level: number) =>
      isResident ? new MemoryStore(bytes => this.#needRoom(bytes)) : new FileStore(join(folder, levelFile(level)));
    try {
      const laying = { folder, create, problem, isResident, makeStore, control, onLaid, fingerprint };
      return { problem, levels: await layLevels(laying), sums: { problem: sum, all: fingerprint.sum } };
    } catch (error: unknown) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      throw new RuntimeError('memory-exceeded', 'the disk is full: tiles of the budget could not be written');
    }
  }

  /** How many columns stay empty is not known before people are laid: it may be more than was estimated. */
  #needRoom(bytes: number): void {
    const available = this.options.availableMemory() * (1 - SPARED);
    if (bytes + PASS_BYTES <= available) return;
    throw new RuntimeError('memory-exceeded', 'there is no memory left for the tiles of the budget', 'candidates');
  }

  async #reopened(create: CreateBudget, stored: NonNullable<BudgetState['levels']>): Promise<Laid & { sums: Sums }> {
    const { folder } = this.options;
    const kept = budgetFiles(create).filter(({ name }) => !LAID_FILES.includes(name));
    await checkFiles(folder, kept);
    const problem = await readProblem(folder, create);
    const fingerprint = new Fingerprint();
    fingerprint.takeProblem(problem);
    const levels = stored.map(({ share, people, places }, level) => ({
      share,
      people,
      store: new FileStore(join(folder, levelFile(level)), places)
    }));
    return { problem, levels: withSamplesInMemory(levels), sums: { problem: fingerprint.sum } };
  }

  async #keep(state: BudgetState): Promise<void> {
    await writeState(this.options.folder, state);
    this.#state = state;
  }
}
