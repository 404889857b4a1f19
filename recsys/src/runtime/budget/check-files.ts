import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemList } from '../../kernels/index.js';
import type { BudgetFile } from './budget-files.js';
import { refusalOf } from './refusal.js';

/** @throws RuntimeError `invalid-input` naming all files that are not what was made: gone, of another size, or no files at all */
export async function checkFiles(folder: string, files: readonly BudgetFile[]): Promise<void> {
  const list = new ProblemList();
  for (const { name, bytes } of files) {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true && found.size === bytes) continue;
    const is = found === undefined ? 'is gone' : found.isFile() ? `has ${found.size} bytes` : 'is no file';
    list.report(name, `${is}: want the file that was made for it, of ${bytes} bytes`);
  }
  if (list.problems.length > 0) throw refusalOf(list.problems);
}
