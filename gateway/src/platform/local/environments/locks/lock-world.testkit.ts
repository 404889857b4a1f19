/** For tests of locks: a folder of wheels as an index, the real uv with no other, and nothing of it left afterwards. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findUv, TEST_PYTHON } from '../tiny-packages.testkit.js';
import { uvArguments, uvVariables } from '../uv-variables.js';
import { contentsFor, type Lock, LockTool, type ResolvableSource, type ResolveOptions } from './index.js';
import { makeWheels, type TestWheel } from './package-index.testkit.js';

const uv = findUv();
export const [PYTHON = '', PYTHON_VERSION = ''] = execFileSync(
  TEST_PYTHON,
  ['-c', 'import sys, platform; print(sys.executable); print(platform.python_version())'],
  { encoding: 'utf8' }
).split('\n');
export const MINOR = PYTHON_VERSION.split('.').slice(0, 2).join('.');
export const LINUX = {
  python_full_version: PYTHON_VERSION,
  python_version: MINOR,
  sys_platform: 'linux',
  platform_machine: 'x86_64',
  implementation_name: 'cpython'
};

export const WHEELS: TestWheel[] = [
  { name: 'alpha', version: '1.0', needs: ['beta>=1', "gamma ; sys_platform == 'win32'"] },
  { name: 'beta', version: '1.0', needs: ['delta ; extra == "more"'], extras: ['more'] },
  { name: 'beta', version: '2.0', needs: ['delta ; extra == "more"'], extras: ['more'] },
  { name: 'gamma', version: '1.0' },
  { name: 'delta', version: '1.0' }
];

/** Instead of the folder of wheels, or of the cache. */
export interface Around {
  readonly links?: string;
  readonly index?: string;
  readonly cache?: string;
}

export const describeWithUv = uv === undefined ? describe.skip : describe;

export const options = (more: Partial<ResolveOptions> = {}): ResolveOptions => ({
  python: PYTHON,
  pythonVersion: PYTHON_VERSION,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...more
});

export const loose = (text: string): ResolvableSource => ({ kind: 'requirements', text });

/** What it has for the machine of the tests. */
export const names = (lock: Lock): string[] =>
  contentsFor(lock, LINUX).map(({ name, version }) => `${name}==${version}`);

/** One for each file of tests, made before them and removed after them. */
export class LockWorld {
  folder = '';

  get wheels(): string {
    return join(this.folder, 'wheels');
  }

  async make(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'berth-locks-test-'));
    await makeWheels(this.wheels, WHEELS);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  variables({ links = this.wheels, index }: Around): Record<string, string> {
    const where: Record<string, string> =
      index === undefined ? { PIP_NO_INDEX: '1', UV_FIND_LINKS: links } : { UV_DEFAULT_INDEX: index };
    const own = Object.entries(process.env).filter(([name]) => !/^(UV|PIP)_/.test(name));
    return uvVariables({
      ...Object.fromEntries(own),
      ...where,
      UV_CACHE_DIR: join(this.folder, 'uv-cache'),
      UV_HTTP_RETRIES: '0'
    });
  }

  tool(around: Around = {}): LockTool {
    return new LockTool({
      uvPath: uv ?? 'uv',
      cacheFolder: around.cache ?? join(this.folder, 'cache'),
      variables: this.variables(around),
      kernelLockFile: join(this.folder, 'kernel.lock')
    });
  }

  async resolved(source: ResolvableSource, around: Around = {}): Promise<Lock> {
    return (await this.tool(around).resolve(source, options())).lock;
  }

  /** Runs uv as a person would, in a folder of this name with these files. */
  async uvIn(
    name: string,
    files: Record<string, string>,
    args: readonly string[],
    around: Around = {}
  ): Promise<string> {
    const cwd = join(this.folder, name);
    const env = this.variables(around);
    await mkdir(cwd, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text);
    const { stdout } = await promisify(execFile)(uv ?? 'uv', [...args, ...uvArguments(env)], { cwd, env });
    return stdout;
  }
}
