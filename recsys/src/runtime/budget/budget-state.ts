/** What is known of a budget in its folder, so that a process that is started again finds what the one before has done. */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateBudget } from './create-budget.js';
import type { TilePlace } from './tile-layout.js';

export interface StoredLevel {
  readonly share: number;
  readonly people: number;
  readonly places: readonly TilePlace[];
}

export interface BudgetState {
  readonly create: CreateBudget;
  readonly isSealed: boolean;
  /** Checksums of what it was sealed with: of the problem alone, and with the candidates where they are laid from the columns. */
  readonly sums?: { readonly problem: number; readonly all?: number };
  /** Of tiles that lie in files; undefined where they have to be laid from the columns. */
  readonly levels?: readonly StoredLevel[];
}

const FILE = 'budget.json';

/** undefined where nothing has been made yet. The folder is ours alone, so what it holds is what we wrote. */
export async function readState(folder: string): Promise<BudgetState | undefined> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as BudgetState);
}

/** Where it throws, or the process ends, the old one is there. */
export async function writeState(folder: string, state: BudgetState): Promise<void> {
  const temporary = join(folder, `${FILE}.part`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(state));
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, FILE));
}

export const levelFile = (level: number): string => `level-${level}.tiles`;
