/** Makes one environment with uv: in a folder that nobody sees, which gets its name when everything is in it. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asStorageError, errnoOf, writeFileAtomic } from '../../../store/index.js';
import { runCommand } from './child-command.js';
import type { EnvironmentDefinition } from './definitions.js';
import {
  type EnvironmentManifest,
  interpreterOf,
  MANIFEST_FILE,
  publish,
  removeFolder,
  sizeOf,
  temporaryBeside
} from './environment-folder.js';
import { importOnce } from './first-import.js';
import { uvFailureMessage } from './uv-failure.js';
import { type Progress, UvProgress } from './uv-progress.js';
import { uvArguments } from './uv-variables.js';

export interface EnvironmentBuild {
  readonly definition: EnvironmentDefinition;
  /** Where it goes. */
  readonly folder: string;
  /** Path of uv. */
  readonly uv: string;
  /** Path of the interpreter that it is based on. */
  readonly interpreter: string;
  /** What uv and Python get as their environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Resolves when the environment is ready, made by us or by another gateway meanwhile.
 * @throws Error whose message is for people; the signal's reason when aborted. Then nothing is left of it.
 */
export async function buildEnvironment(build: EnvironmentBuild): Promise<void> {
  const temporary = await temporaryBeside(build.folder);
  try {
    await fill(build, temporary);
    await publish(temporary, build.folder, build.definition.hash);
  } catch (error: unknown) {
    throw asStorageError(error, `the folder ${dirname(build.folder)}`);
  } finally {
    await removeFolder(temporary, build.folder);
  }
}

async function fill(build: EnvironmentBuild, temporary: string): Promise<void> {
  const { definition, signal, clock } = build;
  const progress = new UvProgress();
  build.onProgress(progress.now);
  const onLine = (line: string): void => {
    if (progress.take(line)) build.onProgress(progress.now);
  };
  await uv(build, ['venv', '--relocatable', '--no-project', '--python', build.interpreter, temporary], onLine);
  await uv(build, installArguments(build, interpreterOf(temporary)), onLine);
  await importAll(build, temporary);
  signal.throwIfAborted();
  const manifest: EnvironmentManifest = {
    name: definition.name,
    hash: definition.hash,
    python: definition.python,
    packages: [...definition.requested],
    sizeBytes: await sizeOf(temporary),
    createdAtMs: clock().getTime()
  };
  await writeFileAtomic(join(temporary, MANIFEST_FILE), JSON.stringify(manifest));
}

/** The lock has every package with its hashes, so nothing is resolved and nothing else is let in. */
function installArguments({ definition, variables }: EnvironmentBuild, python: string): string[] {
  const { lockFile } = definition;
  const locked = ['--require-hashes', '--no-deps', '--requirements', lockFile];
  return ['pip', 'install', '--python', python, ...locked, ...uvArguments(variables)];
}

async function uv(build: EnvironmentBuild, args: readonly string[], onLine: (line: string) => void): Promise<void> {
  const { folder, variables, signal } = build;
  const options = { cwd: dirname(folder), variables, signal, onLine };
  const result = await runCommand(build.uv, [...args, '--color', 'never'], options).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new Error(`The program uv is not there: ${build.uv}`, { cause: error });
  });
  if (result.exitCode !== 0) throw new Error(uvFailureMessage(result.errorLines, dirname(folder)));
}

async function importAll(build: EnvironmentBuild, temporary: string): Promise<void> {
  const scratch = join(temporary, '.first-import');
  await mkdir(scratch);
  await importOnce({
    python: interpreterOf(temporary),
    packages: build.definition.requested.map(each => each.replace(/==.*$/, '')),
    scratch,
    variables: build.variables,
    signal: build.signal
  });
  await rm(scratch, { recursive: true, force: true });
}
