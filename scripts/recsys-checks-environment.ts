/** The Python environment for tests of recsys: ONNX's own checker, and what people keep vectors in. Made once for each lock. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { mustRun, ROOT, TOOL_PYTHON } from './command.ts';

const LOCK = path.join(ROOT, 'scripts', 'requirements', 'recsys-checks.txt');

/** Its interpreter; undefined when it is not there. With `create` it is made where it is missing. */
export async function recsysChecksPython(options: { create?: boolean } = {}): Promise<string | undefined> {
  const digest = createHash('sha256')
    .update(await readFile(LOCK))
    .digest('hex');
  const folder = path.join(cacheFolder(), `recsys-checks-${digest.slice(0, 16)}`);
  const python = path.join(folder, 'bin', 'python');
  if (!existsSync(python) && options.create === true) await make(folder);
  return existsSync(python) ? python : undefined;
}

/** Under another name first: a folder of the right name is whole, unless the Python that it links to has gone. */
async function make(folder: string): Promise<void> {
  const part = `${folder}.${process.pid}.part`;
  console.log(`test: making ${folder}`);
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  try {
    await mustRun('uv', ['venv', '--quiet', '--python', TOOL_PYTHON, part]);
    const install = ['pip', 'install', '--quiet', '--require-hashes', '--python', part, '-r', LOCK];
    await mustRun('uv', install);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
