/** The kernels that Jupyter offers for environments that are ready: `berth-<name>` in its data folder. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeFileAtomic } from '../../../store/index.js';
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

/** Writes the kernelspec unless it is right already; one of the same name that is not ours stays as it is. */
export async function writeKernelspec(
  kernelsFolder: string,
  definition: Pick<EnvironmentDefinition, 'name' | 'title' | 'hash'>,
  python: string
): Promise<void> {
  const folder = join(kernelsFolder, kernelspecName(definition.name));
  const present = await stat(join(folder, 'kernel.json')).catch(() => undefined);
  const ours = await readOurs(folder);
  if (present !== undefined && ours === undefined) return;
  if (ours?.argv[0] === python && ours.metadata.berth.hash === definition.hash) return;
  await mkdir(folder, { recursive: true });
  const kernel = {
    argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
    display_name: definition.title,
    language: 'python',
    metadata: { berth: { environment: definition.name, hash: definition.hash } }
  };
  await writeFileAtomic(join(folder, 'kernel.json'), `${JSON.stringify(kernel, undefined, 2)}\n`, { mode: 0o644 });
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
