/** Who uses an environment: the runs and kernels that the platform tells of, and any other process that runs inside it. */
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EnvironmentUse } from '../../../contract/index.js';
import { processesInside, type ProcessInside } from './process-scan.js';

/** A look at the processes serves all questions for so long. */
const FRESH_MS = 2_000;
const MOST_PROCESSES = 20;

type Told = () => ReadonlyMap<string, readonly EnvironmentUse[]>;

export class EnvironmentUses {
  readonly #parent: string;
  #told: Told = () => new Map();
  #scan: { readonly atMs: number; readonly found: Promise<ProcessInside[]> } | undefined;

  /** @param parent the folder of the environments' folders */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /** Whom to ask for runs and kernels, by the name of their environment. */
  tellBy(told: Told): void {
    this.#told = told;
  }

  /** @param name undefined for a folder that belongs to no environment of ours */
  async of(
    folder: string,
    name: string | undefined,
    options: { readonly fresh?: boolean } = {}
  ): Promise<EnvironmentUse[]> {
    const told = name === undefined ? [] : (this.#told().get(name) ?? []);
    const processes = await this.#processes(options.fresh === true);
    const others = processes
      .filter(({ folderName, marks }) => folderName === basename(folder) && !told.some(({ id }) => marks.has(id)))
      .slice(0, MOST_PROCESSES)
      .map(({ pid, command }): EnvironmentUse => ({ kind: 'process', id: String(pid), name: command }));
    return [...told, ...others];
  }

  #processes(fresh: boolean): Promise<ProcessInside[]> {
    const nowMs = performance.now();
    if (fresh || this.#scan === undefined || nowMs - this.#scan.atMs > FRESH_MS) {
      this.#scan = { atMs: nowMs, found: this.#look() };
    }
    return this.#scan.found;
  }

  async #look(): Promise<ProcessInside[]> {
    // Processes keep running in folders that are gone.
    const real = await realpath(this.#parent).catch(() => this.#parent);
    return processesInside([...new Set([this.#parent, real])]);
  }
}

/** For people, such as `the kernel of 01-train, the run night-7 and process 4711 (python -m http.server)`. */
export function describeUses(uses: readonly EnvironmentUse[]): string {
  const shown = uses.slice(0, 5).map(({ kind, id, name }) => {
    if (kind === 'process') return `process ${id} (${name})`;
    return kind === 'kernel' ? `the kernel of ${name}` : `the run ${name}`;
  });
  if (uses.length > shown.length) shown.push(`${uses.length - shown.length} more`);
  const last = shown.pop() ?? 'nobody';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
