/**
 * Makes one environment with uv: in a folder that nobody sees, which gets its name when everything is in it. It is ready
 * as soon as it is installed; whether its packages can be imported is looked at afterwards (`look-over.ts`).
 */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asStorageError, errnoOf, makePrivateFolder } from '../../../store/index.js';
import { runCommand } from './child-command.js';
import { damagedPackages } from './damaged-packages.js';
import type { EnvironmentDefinition } from './definitions.js';
import {
  type EnvironmentManifest,
  interpreterOf,
  MANIFEST_FILE,
  publish,
  removeFolder,
  replaceFolder,
  temporaryBeside
} from './environment-folder.js';
import { installedPackages } from './installed-packages.js';
import { describeInterpreter } from './interpreter.js';
import { kernelLayerOf, needsKernelLayer, writeKernelLauncher } from './kernel-layer.js';
import { uvFailureMessage } from './uv-failure.js';
import { type Progress, UvProgress } from './uv-progress.js';
import { uvArguments } from './uv-variables.js';
import { wheelProblem } from './wheel-problem.js';

export interface EnvironmentBuild {
  readonly definition: EnvironmentDefinition;
  /** What is there already is replaced; otherwise another gateway's stays. */
  readonly replace: boolean;
  /** Path of uv. */
  readonly uv: string;
  /** Requirements with hashes: what kernels need where the lock has no ipykernel. */
  readonly kernelRequirements: () => Promise<string>;
  /** What uv gets as its environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** In the environment's folder, for whoever wants to know what uv was given. */
const REQUIREMENTS_FILE = 'berth-requirements.txt';
const KERNEL_REQUIREMENTS_FILE = 'berth-kernel-requirements.txt';

/**
 * Resolves when the environment is ready, made by us or by another gateway meanwhile.
 * @throws Error whose message is for people; the signal's reason when aborted. Then nothing is left of it.
 */
export async function buildEnvironment(build: EnvironmentBuild): Promise<void> {
  const { definition, signal } = build;
  const { folder } = definition;
  const temporary = await temporaryBeside(folder);
  try {
    await makePrivateFolder(dirname(folder)); // a cache may be deleted at any time
    await fill(build, temporary);
    signal.throwIfAborted();
    if (build.replace) await replaceFolder(temporary, folder);
    else await publish(temporary, folder, definition.hash);
  } catch (error: unknown) {
    throw asStorageError(error, `the folder ${dirname(folder)}`);
  } finally {
    await removeFolder(temporary, folder);
  }
}

async function fill(build: EnvironmentBuild, temporary: string): Promise<void> {
  const { definition, clock } = build;
  const progress = new UvProgress();
  build.onProgress(progress.now);
  const onLine = (line: string): void => {
    if (progress.take(line)) build.onProgress(progress.now);
  };
  if (build.replace) await dropDamaged(build, onLine);
  await uv(
    build,
    ['venv', '--relocatable', '--no-project', '--python', definition.interpreter.path, temporary],
    onLine
  );
  const requirements = join(temporary, REQUIREMENTS_FILE);
  await writeFile(requirements, definition.lock.exported);
  await uv(build, installArguments(build, temporary, requirements), onLine);
  const kernelLayer = needsKernelLayer(definition);
  if (kernelLayer) await addKernelLayer(build, temporary, progress.now);
  const manifest: EnvironmentManifest = {
    name: definition.name,
    hash: definition.hash,
    lockHash: definition.lock.lockHash,
    python: definition.interpreter.identity.version,
    installed: await installedPackages(temporary),
    kernelLayer,
    createdAtMs: clock().getTime(),
    looked: null
  };
  // Not synced to the disk: neither are the packages, and a manifest that a power cut takes is made again with them.
  await writeFile(join(temporary, MANIFEST_FILE), JSON.stringify(manifest));
}

/** Otherwise uv would link the changed files again. */
async function dropDamaged(build: EnvironmentBuild, onLine: (line: string) => void): Promise<void> {
  const { definition, variables, signal } = build;
  build.onProgress({ progress: 0, message: 'Looking for damaged files' });
  const { folder, interpreter } = definition;
  const damaged = await damagedPackages({ folder, python: interpreter.path, variables, signal });
  if (damaged.length > 0) await uv(build, ['cache', 'clean', ...damaged], onLine);
}

/** The lock has every package with its hashes, so nothing is resolved and nothing else is let in. */
function installArguments({ definition, variables }: EnvironmentBuild, folder: string, requirements: string): string[] {
  const locked = ['--require-hashes', '--no-deps', '--requirements', requirements];
  const builds = definition.allowBuilds ? [] : ['--no-build'];
  return ['pip', 'install', '--python', interpreterOf(folder), ...locked, ...builds, ...uvArguments(variables)];
}

async function addKernelLayer(build: EnvironmentBuild, temporary: string, { progress }: Progress): Promise<void> {
  build.onProgress({ progress, message: 'Adding what kernels need' });
  const requirements = join(temporary, KERNEL_REQUIREMENTS_FILE);
  await writeFile(requirements, await build.kernelRequirements());
  const args = installArguments(
    { ...build, definition: { ...build.definition, allowBuilds: false } },
    temporary,
    requirements
  );
  await uv(build, [...args, '--target', kernelLayerOf(temporary)], () => undefined);
  await writeKernelLauncher(temporary);
}

async function uv(build: EnvironmentBuild, args: readonly string[], onLine: (line: string) => void): Promise<void> {
  const { variables, signal, definition } = build;
  const { folder } = definition;
  const options = { cwd: dirname(folder), variables, signal, onLine };
  const result = await runCommand(build.uv, [...args, '--color', 'never'], options).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new Error(`The program uv is not there: ${build.uv}`, { cause: error });
  });
  if (result.exitCode === 0) return;
  const wheels = wheelProblem(result.errorLines, describeInterpreter(definition.interpreter));
  throw new Error(wheels ?? uvFailureMessage(result.errorLines, dirname(folder)));
}
