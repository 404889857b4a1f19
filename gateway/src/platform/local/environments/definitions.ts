/**
 * What there is to make: a lock under a name, for one interpreter. Those that ship with Berth are `<name>.lock` in one
 * folder; people's own are small files in the data folder, for what exists nowhere else is their lock.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ENVIRONMENT_ORIGINS, EnvironmentName } from '../../../contract/index.js';
import { makePrivateFolder, readJsonFile, removeLeftovers, writeFileAtomic } from '../../../store/index.js';
import { environmentFolder } from './environment-folder.js';
import type { Interpreter } from './interpreter.js';
import { contentsFor, environmentHash, type Lock, requestedFor } from './locks/index.js';

export type EnvironmentOrigin = (typeof ENVIRONMENT_ORIGINS)[number];

/** An environment as far as it can be known without its files. */
export interface EnvironmentDefinition {
  /** Such as `default`. */
  readonly name: string;
  /** For people, such as `Berth default`. */
  readonly title: string;
  readonly lock: Lock;
  readonly interpreter: Interpreter;
  readonly allowBuilds: boolean;
  readonly hash: string;
  /** Where its files are, once they are. */
  readonly folder: string;
  /** Packages asked for, with their versions, such as `torch==2.15.0`. */
  readonly requested: readonly string[];
  /** All packages that the lock has for this machine. */
  readonly contents: readonly { readonly name: string; readonly version: string }[];
}

export const StoredDefinition = z.strictObject({
  name: EnvironmentName,
  origin: z.enum(ENVIRONMENT_ORIGINS).exclude(['berth']),
  /** Equal for equal requests. */
  request: z.string(),
  lock: z.string().min(1),
  python: z.strictObject({ version: z.string().regex(/^3\.\d+\.\S+$/), path: z.string().min(1) }),
  allowBuilds: z.boolean(),
  /** Whether its files have ever been there: before that, the name may still get another lock. */
  wasMade: z.boolean()
});
export type StoredDefinition = z.infer<typeof StoredDefinition>;

const PACKAGED = /^([a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?)\.lock$/;
const STORED = /^([a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?)\.json$/;

/** @param parent the folder of the environments' folders */
export function defineEnvironment(
  parent: string,
  definition: Pick<EnvironmentDefinition, 'name' | 'title' | 'lock' | 'interpreter' | 'allowBuilds'>
): EnvironmentDefinition {
  const { name, lock, interpreter } = definition;
  const hash = environmentHash(lock.packages, interpreter.identity);
  return {
    ...definition,
    hash,
    folder: environmentFolder(parent, name, hash),
    requested: requestedFor(lock, interpreter.markers),
    contents: contentsFor(lock, interpreter.markers)
  };
}

/** Names of the environments that ship with Berth. */
export async function packagedNames(lockFolder: string): Promise<string[]> {
  return (await readdir(lockFolder)).flatMap(file => PACKAGED.exec(file)?.[1] ?? []).sort();
}

export function readPackagedLock(lockFolder: string, name: string): Promise<string> {
  return readFile(join(lockFolder, `${name}.lock`), 'utf8');
}

/** People's own definitions: one file each. */
export class DefinitionStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<DefinitionStore> {
    await makePrivateFolder(folder);
    await removeLeftovers(folder);
    return new DefinitionStore(folder);
  }

  async names(): Promise<string[]> {
    return (await readdir(this.#folder)).flatMap(file => STORED.exec(file)?.[1] ?? []).sort();
  }

  /** @throws Error naming the file when it is damaged or gone */
  async read(name: string): Promise<StoredDefinition> {
    const path = this.#path(name);
    const stored = await readJsonFile(path, StoredDefinition);
    if (stored?.name === name) return stored;
    throw new Error(stored === undefined ? `the file ${path} is gone` : `the file ${path} defines ${stored.name}`);
  }

  async write(definition: StoredDefinition): Promise<void> {
    await writeFileAtomic(this.#path(definition.name), `${JSON.stringify(definition, undefined, 2)}\n`);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}
