/**
 * What a kernel needs where the lock has no ipykernel: a folder beside the environment's packages. Its launcher puts that
 * folder last on the module path, so the environment's own packages always win, and the lock stays what it is.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentDefinition } from './definitions.js';
import { interpreterOf } from './environment-folder.js';

const LAYER = 'berth-kernel';
const LAUNCHER = 'launch_kernel.py';

const LAUNCHER_CODE = `"""Starts ipykernel from the folder of this file, for an environment whose lock does not have it."""

import runpy
import sys

# Python puts the folder of a script first; here it must be last, or it would hide packages of the environment.
sys.path.append(sys.path.pop(0))

runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
`;

export function needsKernelLayer({ contents }: Pick<EnvironmentDefinition, 'contents'>): boolean {
  return !contents.some(({ name }) => name === 'ipykernel');
}

/** Where the packages of the layer are installed. */
export function kernelLayerOf(folder: string): string {
  return join(folder, LAYER);
}

export async function writeKernelLauncher(folder: string): Promise<void> {
  await writeFile(join(folder, LAYER, LAUNCHER), LAUNCHER_CODE);
}

/** How a kernel is started in the environment; the interpreter comes first. */
export function kernelArgv(folder: string, withLayer: boolean): string[] {
  const start = withLayer ? [join(folder, LAYER, LAUNCHER)] : ['-m', 'ipykernel_launcher'];
  return [interpreterOf(folder), ...start, '-f', '{connection_file}'];
}
