/**
 * What a run leaves beside its notebook: `<stem>.runs/<id>/{checkpoints,outputs}`, which neither git nor the next bundle
 * takes. It belongs to the person: nothing here ever deletes from it.
 */
import { constants } from 'node:fs';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Beyond so many the count says at least that many; counting must not take longer than the run. */
const MOST_COUNTED = 10_000;

export interface ResultsFolder {
  readonly checkpoints: string;
  readonly outputs: string;
}

/** What was found in it. */
export interface Results {
  readonly checkpoint: boolean;
  readonly outputs: number;
}

export const NO_RESULTS: Results = { checkpoint: false, outputs: 0 };

/** Where the results of a run lie; nothing is made. */
export function resultsFolderOf(notebookFolder: string, stem: string, id: string): ResultsFolder {
  const folder = join(notebookFolder, `${stem}.runs`, id);
  return { checkpoints: join(folder, 'checkpoints'), outputs: join(folder, 'outputs') };
}

/** Makes the folders, hidden from git; what is there already stays. */
export async function makeResultsFolder(notebookFolder: string, stem: string, id: string): Promise<ResultsFolder> {
  const folder = resultsFolderOf(notebookFolder, stem, id);
  await mkdir(folder.checkpoints, { recursive: true });
  await mkdir(folder.outputs, { recursive: true });
  const ignore = join(notebookFolder, `${stem}.runs`, '.gitignore');
  await writeFile(ignore, '*\n', { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  return folder;
}

/** Why no results could be put beside a notebook in this folder; `undefined` when they can. */
export async function resultsProblem(notebookFolder: string): Promise<string | undefined> {
  try {
    await access(notebookFolder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException;
    return `Its folder cannot be written to (${code}), so checkpoints and results would have no place; move the notebook.`;
  }
}

/** Looks at what is there now. */
export async function readResults({ checkpoints, outputs }: ResultsFolder): Promise<Results> {
  const names = await readdir(checkpoints).catch(() => []);
  return { checkpoint: names.length > 0, outputs: await countFiles(outputs, MOST_COUNTED) };
}

async function countFiles(folder: string, most: number): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let count = 0;
  for (const entry of entries) {
    if (count >= most) break;
    count += entry.isDirectory() ? await countFiles(join(folder, entry.name), most - count) : 1;
  }
  return count;
}
