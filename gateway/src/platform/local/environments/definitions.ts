/** Which environments there are to make: every `<name>.in` with its lock `<name>.txt` in one folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentHash } from './environment-hash.js';
import type { Interpreter } from './interpreter.js';
import { parseLock, requestedPackages } from './lock.js';

export interface EnvironmentDefinition {
  /** Such as `default`. */
  readonly name: string;
  /** For people, such as `Berth default`. */
  readonly title: string;
  /** Path of the requirements file with hashes. */
  readonly lockFile: string;
  /** Top-level packages with their versions, such as `torch==2.15.0`. */
  readonly requested: readonly string[];
  readonly hash: string;
  /** Interpreter version. */
  readonly python: string;
}

const NAME = /^([a-z0-9][a-z0-9-]{0,62})\.in$/;

/** @throws Error naming the file when one is missing or not locked */
export async function readDefinitions(folder: string, interpreter: Interpreter): Promise<EnvironmentDefinition[]> {
  const names = (await readdir(folder)).flatMap(file => NAME.exec(file)?.[1] ?? []).sort();
  return Promise.all(names.map(name => readDefinition(folder, name, interpreter)));
}

async function readDefinition(folder: string, name: string, interpreter: Interpreter): Promise<EnvironmentDefinition> {
  const lockFile = join(folder, `${name}.txt`);
  const [input, text] = await Promise.all([readFile(join(folder, `${name}.in`), 'utf8'), readFile(lockFile, 'utf8')]);
  try {
    const lock = parseLock(text);
    return {
      name,
      title: `Berth ${name}`,
      lockFile,
      requested: requestedPackages(input, lock, interpreter.markers),
      hash: environmentHash(lock, interpreter.identity),
      python: interpreter.identity.version
    };
  } catch (error: unknown) {
    throw new Error(`the environment ${name} cannot be read from ${lockFile}`, { cause: error });
  }
}
