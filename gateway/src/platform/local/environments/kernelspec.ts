/** The kernels that Jupyter offers for environments that are ready: `berth-<name>` in its data folder. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, withTemporary } from '../../../store/index.js';
import type { EnvironmentDefinition } from './definitions.js';

const PREFIX = 'berth-';
const KernelFile = z.looseObject({
  argv: z.array(z.string()).min(1),
  metadata: z.looseObject({ berth: z.looseObject({ environment: z.string(), hash: z.string() }) })
});

/** Name of an environment's kernelspec. */
export function kernelspecName(environment: string): string {
  return `${PREFIX}${environment}`;
}

/** Has the kernel's compute and its surroundings from the gateway; it is part of the Jupyter server's half. */
const PROVISIONER = { provisioner_name: 'berth-provisioner', config: {} };

/** Writes the kernelspec unless it is right already; one of the same name that is not ours stays as it is. */
export async function writeKernelspec(
  kernelsFolder: string,
  definition: Pick<EnvironmentDefinition, 'name' | 'title' | 'hash'>,
  argv: readonly string[]
): Promise<void> {
  const folder = join(kernelsFolder, kernelspecName(definition.name));
  const path = join(folder, 'kernel.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined && (await readOurs(folder)) === undefined) return;
  const kernel = {
    argv,
    display_name: definition.title,
    language: 'python',
    metadata: {
      debugger: true,
      kernel_provisioner: PROVISIONER,
      berth: { environment: definition.name, hash: definition.hash }
    }
  };
  const wanted = `${JSON.stringify(kernel, undefined, 2)}\n`;
  if (text === wanted) return;
  await mkdir(folder, { recursive: true });
  // Not synced to the disk: that would wait for the thousands of files of the environment, and it is mended at each start.
  await withTemporary(path, async temporary => {
    await writeFile(temporary, wanted, { mode: 0o644 });
    await rename(temporary, path);
  });
}

/** Removes an environment's kernelspec; one that is not ours, or of another environment's files, stays. */
export async function removeKernelspec(
  kernelsFolder: string,
  definition: Pick<EnvironmentDefinition, 'name' | 'hash'>
): Promise<void> {
  const folder = join(kernelsFolder, kernelspecName(definition.name));
  if ((await readOurs(folder))?.metadata.berth.hash !== definition.hash) return;
  await rm(folder, { recursive: true, force: true });
}

/** Removes our kernelspecs whose interpreter is gone, whichever gateway wrote them. */
export async function removeDeadKernelspecs(kernelsFolder: string): Promise<void> {
  const names = await readdir(kernelsFolder).catch(() => []);
  for (const name of names.filter(each => each.startsWith(PREFIX))) {
    const folder = join(kernelsFolder, name);
    const python = (await readOurs(folder))?.argv[0];
    if (python === undefined || (await stat(python).catch(() => undefined)) !== undefined) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

async function readOurs(folder: string): Promise<z.infer<typeof KernelFile> | undefined> {
  return readJsonFile(join(folder, 'kernel.json'), KernelFile).catch(() => undefined);
}
