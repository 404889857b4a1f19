import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Environment } from '../../../contract/index.js';
import { identityOf } from '../process-identity.js';
import { temporaryBeside } from './environment-folder.js';
import { LocalEnvironments, type LocalEnvironmentsOptions } from './local-environments.js';
import { findUv, makeTinyPackages, TEST_PYTHON, type TinyPackage } from './tiny-packages.testkit.js';

const uvPath = findUv();
const withUv = uvPath === undefined ? describe.skip : describe;
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
const open: LocalEnvironments[] = [];
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'berth-environments-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map(each => each.close()));
  await rm(root, { recursive: true, force: true });
});

const at = (...parts: string[]): string => join(root, ...parts);
const folders = async (): Promise<string[]> => readdir(at('cache', 'environments'));
const kernelFile = (): string => at('kernels', 'berth-default', 'kernel.json');
const readKernel = async (): Promise<{ argv: string[]; metadata: object }> =>
  JSON.parse(await readFile(kernelFile(), 'utf8')) as { argv: string[]; metadata: object };

async function start(
  options: Partial<LocalEnvironmentsOptions> = {},
  variables: Record<string, string> = {}
): Promise<LocalEnvironments> {
  const environments = await LocalEnvironments.open({
    cacheFolder: at('cache'),
    kernelsFolder: at('kernels'),
    lockFolder: at('locks'),
    uvPath: uvPath ?? 'uv',
    pythonPath: TEST_PYTHON,
    variables: {
      PATH: process.env['PATH'],
      HOME: root,
      UV_CACHE_DIR: at('uv-cache'),
      UV_FIND_LINKS: at('wheels'),
      PIP_NO_INDEX: '1',
      ...variables
    },
    log: silent,
    clock: () => new Date(1_000),
    ...options
  });
  open.push(environments);
  return environments;
}

/** The next end of a creation, as its listeners see it; every change passes the contract's schema. */
function nextEnd(environments: LocalEnvironments, seen: Environment[] = []): Promise<Environment> {
  return new Promise(resolve => {
    const stop = environments.onChange(environment => {
      seen.push(Environment.parse(environment));
      if (environment.state === 'creating') return;
      stop();
      resolve(environment);
    });
  });
}
async function made(packages: readonly TinyPackage[] = [{ name: 'tiny_a' }]): Promise<LocalEnvironments> {
  await makeTinyPackages(root, packages);
  const environments = await start();
  const end = nextEnd(environments);
  await environments.create('default');
  expect(await end).toMatchObject({ state: 'ready' });
  return environments;
}
async function failureOf(environments: LocalEnvironments): Promise<string> {
  const end = nextEnd(environments);
  await environments.create('default');
  const { state, message } = await end;
  expect([state, await folders()]).toEqual(['failed', []]);
  return message;
}

withUv('with uv (skipped where the bootstrap has not installed it)', () => {
  test('an environment is not ready after it was made, or cannot be used', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a', version: '1.2' }, { name: 'tiny_b' }]);
    const environments = await start();
    expect(await environments.list()).toEqual([
      expect.objectContaining({
        state: 'absent',
        packages: ['tiny-a==1.2', 'tiny-b==1.0'],
        sizeBytes: null,
        progress: null
      })
    ]);
    const seen: Environment[] = [];
    const end = nextEnd(environments, seen);
    expect(await environments.create('default')).toMatchObject({ state: 'creating' });
    expect((await environments.create('default')).state).toBe('creating');
    expect(await end).toMatchObject({ state: 'ready', message: '', progress: null, kernelspec: 'berth-default' });
    const progress = seen.flatMap(each => each.progress ?? []);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    const python = await environments.python('default');
    const run = (code: string): string => execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
    expect(run('import tiny_a, tiny_b; print(tiny_a.answer)')).toBe('42');
    const { sizeBytes, hash } = await environments.get('default');
    expect(sizeBytes).toBeGreaterThan(1_000);
    expect(await folders()).toEqual([`default-${hash.slice(0, 16)}`]);
    expect(await readdir(at('cache', 'environments', `default-${hash.slice(0, 16)}`))).not.toContain('.first-import');
    expect((await readKernel()).argv[0]).toBe(python);
    expect((await readKernel()).metadata).toEqual({ berth: { environment: 'default', hash } });
  });

  test('a restart forgets the environment or makes it again', async () => {
    const first = await made();
    const { birthtimeMs } = await stat(await first.python('default').then(path => join(path, '..', '..')));
    await first.close();
    const second = await start();
    expect(await second.create('default')).toMatchObject({ state: 'ready' });
    expect((await stat(join(await second.python('default'), '..', '..'))).birthtimeMs).toBe(birthtimeMs);
  });

  test('two gateways that share a cache break each other’s environment', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const both = await Promise.all([start(), start()]);
    const ends = both.map(each => nextEnd(each));
    await Promise.all(both.map(each => each.create('default')));
    expect((await Promise.all(ends)).map(each => each.state)).toEqual(['ready', 'ready']);
    expect(await folders()).toHaveLength(1);
    for (const each of both) execFileSync(await each.python('default'), ['-c', 'import tiny_a']);
  });

  test('an environment whose files were deleted by hand stays ready, or cannot be made again', async () => {
    const environments = await made();
    const python = await environments.python('default');
    await rm(python);
    expect((await environments.get('default')).state).toBe('absent');
    await expect(environments.python('default')).rejects.toMatchObject({ code: 'conflict' });
    const end = nextEnd(environments);
    await environments.create('default');
    expect((await end).state).toBe('ready');
    execFileSync(python, ['-c', 'import tiny_a']);
  });

  test('a file that is not the locked one is installed', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const lock = at('locks', 'default.txt');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/sha256:..../, 'sha256:0000'));
    expect(await failureOf(await start())).toMatch(/[Hh]ash/);
    await expect(stat(kernelFile())).rejects.toThrow();
  });

  test('a failure says nothing, and there is no second try', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    await rm(at('wheels'), { recursive: true });
    await mkdir(at('wheels'));
    const environments = await start();
    expect(await failureOf(environments)).toContain('tiny');
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const end = nextEnd(environments);
    await environments.create('default');
    expect((await end).state).toBe('ready');
  });

  test('the password of a mirror is in the message of a failure', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const settings = { PIP_NO_INDEX: '', UV_FIND_LINKS: '', UV_DEFAULT_INDEX: 'http://me:secret@127.0.0.1:9/simple' };
    const message = await failureOf(await start({}, { ...settings, UV_HTTP_RETRIES: '0' }));
    expect(message).toContain('127.0.0.1:9');
    expect(message).not.toContain('secret');
  });

  test('a package that does not work on this machine counts as ready', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a', code: 'raise ImportError("libmissing.so.1: cannot open")' }]);
    expect(await failureOf(await start())).toBe(
      'tiny-a was installed but cannot be imported here: ImportError: libmissing.so.1: cannot open'
    );
  });

  test('the first import leaves no compiled code behind, so that every rank compiles', async () => {
    const environments = await made();
    const python = await environments.python('default');
    const where = execFileSync(python, ['-c', 'import tiny_a; print(tiny_a.__cached__)'], { encoding: 'utf8' }).trim();
    await stat(where);
  });

  test('a missing uv is a riddle', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    expect(await failureOf(await start({ uvPath: at('no-uv') }))).toBe(`The program uv is not there: ${at('no-uv')}`);
  });

  describe('while a mirror does not answer', () => {
    let server: Server;
    let asked: Promise<void>;
    beforeEach(async () => {
      let onAsked = (): void => undefined;
      asked = new Promise(resolve => (onAsked = resolve));
      server = createServer(() => onAsked());
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    });
    afterEach(async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    });
    const hanging = (): Promise<LocalEnvironments> => {
      const { port } = server.address() as AddressInfo;
      return start({}, { PIP_NO_INDEX: '', UV_FIND_LINKS: '', UV_DEFAULT_INDEX: `http://127.0.0.1:${port}/simple` });
    };

    test('a cancelled creation goes on, or leaves files or a state behind', async () => {
      const environments = await hanging();
      await environments.create('default');
      await asked;
      expect(await folders()).toHaveLength(1);
      expect(await environments.cancel('default')).toMatchObject({ state: 'absent', message: '' });
      expect(await folders()).toEqual([]);
    });

    test('closing waits for uv for ever, or leaves it running', async () => {
      const environments = await hanging();
      await environments.create('default');
      await asked;
      await environments.close();
      expect(await folders()).toEqual([]);
      await expect(environments.create('default')).rejects.toMatchObject({ code: 'shutting-down' });
    });

    test('a second gateway takes what the first one is making for rubbish', async () => {
      const environments = await hanging();
      await environments.create('default');
      await asked;
      const before = await folders();
      await start();
      expect(await folders()).toEqual(before);
    });
  });
});

const canMount = uvPath !== undefined && process.platform === 'linux' && process.getuid?.() === 0;
(canMount ? test : test.skip)('a full disk reads as a riddle of uv (needs root, to mount a tiny tmpfs)', async () => {
  await makeTinyPackages(root, [{ name: 'tiny_a', paddingBytes: 4_000_000 }]);
  await mkdir(at('cache'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at('cache')]);
  try {
    expect(await failureOf(await start())).toContain('no space left for it in');
  } finally {
    await Promise.all(open.splice(0).map(each => each.close()));
    execFileSync('umount', [at('cache')]);
  }
});

describe('without making anything', () => {
  beforeEach(() => makeTinyPackages(root, [{ name: 'tiny_a' }]));

  test('what a killed gateway left half-made fills the disk', async () => {
    const ours = await temporaryBeside(at('cache', 'environments', 'default-0123456789abcdef'));
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    expect(await identityOf(Number(dead))).toBeUndefined();
    const left = ours.replace(`-${process.pid}-`, `-${dead}-`);
    const recycled = ours.replace(/-[0-9a-f]{12}-/, '-0123456789ab-');
    const elsewhere = ours.replace(/tmp-[0-9a-f]{8}/, 'tmp-00000000');
    for (const folder of [ours, left, recycled, elsewhere]) await mkdir(join(folder, 'lib'), { recursive: true });
    await start();
    const kept = [ours, elsewhere].map(path => path.slice(path.lastIndexOf('/') + 1));
    expect((await folders()).sort()).toEqual(kept.sort());
  });

  test('a kernel whose environment is gone is still offered, or one of the person is removed', async () => {
    const write = async (name: string, kernel: object): Promise<void> => {
      await mkdir(at('kernels', name), { recursive: true });
      await writeFile(at('kernels', name, 'kernel.json'), JSON.stringify(kernel));
    };
    const berth = { environment: 'default', hash: 'x' };
    await write('berth-default', { argv: [at('gone')], metadata: { berth } });
    await write('berth-living', { argv: [process.execPath], metadata: { berth } });
    await write('berth-theirs', { argv: [at('gone')] });
    await write('python3', { argv: [at('gone')], metadata: { berth } });
    await start();
    expect((await readdir(at('kernels'))).sort()).toEqual(['berth-living', 'berth-theirs', 'python3']);
  });

  test('an unknown name is a bug instead of a mistake', async () => {
    const environments = await start();
    await expect(environments.get('nope')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('default') as string
    });
  });

  test('an interpreter that does not run is noticed only when somebody presses Train', async () => {
    await expect(start({ pythonPath: at('no-python') })).rejects.toThrow(at('no-python'));
  });
});
