/** What the runtime holds for its clients, each in a process and a folder of its own; and what memory that may take. */
import { rm } from 'node:fs/promises';
import { type BudgetEstimate, promisedBudgetBytes } from './budget/estimate-budget.js';
import type { Client } from './client.js';
import { Child, type ChildOptions, type Kind } from './child.js';
import { type DataFolders, makeDataFolder, type WantedFolder } from './data-folder.js';
import { type CorpusSize, promisedCorpusBytes } from './estimate-memory.js';
import { RuntimeError } from './runtime-error.js';

/** What is held, as far as its memory goes. */
export type Thing =
  | { readonly kind: 'corpus'; readonly size: CorpusSize }
  | { readonly kind: 'budget'; readonly estimate: BudgetEstimate };

export interface Held {
  readonly id: string;
  readonly thing: Thing;
  readonly folder: string;
  readonly child: Child;
  readonly owner: Client;
  /** Its owner has been told of it; until then nobody could end it. */
  isKnown: boolean;
  isSealed: boolean;
}

export interface HoldingsOptions {
  readonly folders: DataFolders;
  /** Program and arguments that start a process of ours, before its own arguments. */
  readonly command: readonly string[];
  readonly pid: number;
  /** What could be taken now. */
  readonly availableMemory: () => number;
  readonly log: (text: string) => void;
}

export interface Wanted {
  readonly thing: Thing;
  readonly isNew: boolean;
  readonly files: WantedFolder;
  readonly compute: ChildOptions['compute'];
  /** Arguments of its process, behind the folder. */
  readonly args: (isNew: boolean) => readonly string[];
}

/** Of what is available, so much is left to others. */
const SPARED = 0.1;

export class Holdings {
  readonly #held = new Map<string, Held>();
  readonly #releasing = new Set<Promise<void>>();
  #next = 1;

  constructor(private readonly options: HoldingsOptions) {}

  get all(): readonly Held[] {
    return [...this.#held.values()];
  }

  /** What one more may take: what is available, less a tenth, less what the others were promised and have not taken yet. */
  get availableBytes(): number {
    const promised = this.all.reduce((sum, held) => sum + promisedBytes(held), 0);
    return Math.floor(this.options.availableMemory() * (1 - SPARED)) - promised;
  }

  /** @throws RuntimeError `memory-exceeded` with both numbers, where there is not as much */
  admit(bytes: number, what: string, field: string): void {
    const available = this.availableBytes;
    if (bytes <= available) return;
    const [needed, there] = [bytes, available].map(each => `${(each / 2 ** 30).toFixed(2)} GiB`);
    throw new RuntimeError('memory-exceeded', `${what} needs ${needed}: there are ${there}`, field);
  }

  /** @throws RuntimeError `memory-exceeded` where there is no room for its files */
  async hold(owner: Client, { thing, isNew, files, compute, args }: Wanted): Promise<Held> {
    const { kind } = thing;
    const { pid, folders, command, log } = this.options;
    const number = this.#next++;
    const folder = await makeDataFolder(folders, pid, number, files);
    const child = new Child({ kind, command, args: age => [folder, ...args(age)], compute, log }, isNew);
    const id = `${kind[0]}${number}`;
    const held = { id, thing, folder, child, owner, isKnown: false, isSealed: !isNew };
    this.#held.set(id, held);
    return held;
  }

  /** They are their owner's: another client does not even hear that one is there. @throws RuntimeError `not-found` */
  find(client: Client, kind: Kind, params: Readonly<Record<string, unknown>>): Held {
    const id = params[kind];
    const held = typeof id === 'string' ? this.#held.get(id) : undefined;
    if (held?.owner === client && held.thing.kind === kind) return held;
    throw new RuntimeError('not-found', `there is no ${kind} ${JSON.stringify(id)}`, kind);
  }

  /** Ends its process, and waits until its files are gone. */
  release(held: Held): Promise<void> {
    this.#held.delete(held.id);
    held.child.kill();
    const done = rm(held.folder, { recursive: true, force: true, maxRetries: 5 });
    this.#releasing.add(done);
    return done.finally(() => this.#releasing.delete(done));
  }

  async releaseAll(): Promise<void> {
    for (const held of this.all) void this.release(held);
    await Promise.all(this.#releasing);
  }
}

function promisedBytes({ thing, isSealed }: Held): number {
  return thing.kind === 'corpus'
    ? promisedCorpusBytes(thing.size, isSealed)
    : promisedBudgetBytes(thing.estimate, isSealed);
}
