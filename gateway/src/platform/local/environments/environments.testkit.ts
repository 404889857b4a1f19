/** For tests: environments in a temporary folder, made by the real uv from small wheels. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Environment } from '../../../contract/index.js';
import type { PlatformLog } from '../ports.js';
import { LocalEnvironments, type LocalEnvironmentsOptions } from './local-environments.js';
import { findUv, makeTinyPackages, TEST_PYTHON, type TinyPackage } from './tiny-packages.testkit.js';

const uvPath = findUv();
/** Skipped where the bootstrap has not installed uv. */
export const withUv = uvPath === undefined ? describe.skip : describe;
export const UV = uvPath ?? 'uv';

const SILENT: PlatformLog = { error: () => undefined, warn: () => undefined, info: () => undefined };

export interface KernelFile {
  readonly argv: string[];
  readonly metadata: object;
}

/** One temporary folder, and the gateways that share what is in it. */
export class EnvironmentsWorld {
  readonly #open: LocalEnvironments[] = [];
  nowMs = 1_000;

  private constructor(readonly root: string) {}

  static async make(): Promise<EnvironmentsWorld> {
    return new EnvironmentsWorld(await mkdtemp(join(tmpdir(), 'berth-environments-')));
  }

  at(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Names of what is in the folder of environments. */
  folders(): Promise<string[]> {
    return readdir(this.at('cache', 'environments'));
  }

  async readKernel(name = 'default'): Promise<KernelFile> {
    return JSON.parse(await readFile(this.at('kernels', `berth-${name}`, 'kernel.json'), 'utf8')) as KernelFile;
  }

  async start(
    options: Partial<LocalEnvironmentsOptions> = {},
    variables: Record<string, string> = {}
  ): Promise<LocalEnvironments> {
    const environments = await LocalEnvironments.open({
      cacheFolder: this.at('cache'),
      dataFolder: this.at('data'),
      kernelsFolder: this.at('kernels'),
      lockFolder: this.at('locks'),
      uvPath: UV,
      pythonPath: TEST_PYTHON,
      variables: this.variables(variables),
      log: SILENT,
      clock: () => new Date(this.nowMs),
      every: () => () => undefined,
      ...options
    });
    this.#open.push(environments);
    return environments;
  }

  /** What uv gets: nothing but the wheels of this folder. */
  variables(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: '/usr/bin:/bin',
      HOME: this.root,
      UV_CACHE_DIR: this.at('uv-cache'),
      UV_FIND_LINKS: this.at('wheels'),
      PIP_NO_INDEX: '1',
      ...more
    };
  }

  /** With `default` made of these packages, and looked over. */
  async made(packages: readonly TinyPackage[] = [{ name: 'tiny_a' }]): Promise<LocalEnvironments> {
    await makeTinyPackages(this.root, packages);
    const environments = await this.start();
    const looked = until(environments, ({ sizeBytes }) => sizeBytes !== null);
    await environments.create('default');
    expect(await looked).toMatchObject({ state: 'ready' });
    return environments;
  }

  /** Why `default` cannot be made; nothing of it is left. */
  async failureOf(environments: LocalEnvironments): Promise<string> {
    const end = nextEnd(environments);
    await environments.create('default');
    const { state, message } = await end;
    expect([state, await this.folders()]).toEqual(['failed', []]);
    return message;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#open.splice(0).map(each => each.close()));
  }

  async remove(): Promise<void> {
    await this.closeAll();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The next view that is as wanted, as its listeners see it; every change passes the contract's schema. */
export function until(
  environments: LocalEnvironments,
  isWanted: (environment: Environment) => boolean,
  seen: Environment[] = []
): Promise<Environment> {
  return new Promise(resolve => {
    const stop = environments.onChange(environment => {
      seen.push(Environment.parse(environment));
      if (!isWanted(environment)) return;
      stop();
      resolve(environment);
    });
  });
}

/** The next end of a creation. */
export function nextEnd(environments: LocalEnvironments, seen: Environment[] = []): Promise<Environment> {
  return until(environments, ({ state }) => state !== 'creating', seen);
}
