import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../contract/index.js';
import { identityOf } from '../process-identity.js';
import { temporaryBeside } from './environment-folder.js';
import { EnvironmentsWorld, nextEnd, until, withUv } from './environments.testkit.js';
import type { LocalEnvironments, LocalEnvironmentsOptions } from './local-environments.js';
import { findUv, makeTinyPackages } from './tiny-packages.testkit.js';

let world: EnvironmentsWorld;
let root: string;

beforeEach(async () => {
  world = await EnvironmentsWorld.make();
  root = world.root;
});
afterEach(() => world.remove());

const at = (...parts: string[]): string => world.at(...parts);
const start = (
  options: Partial<LocalEnvironmentsOptions> = {},
  variables: Record<string, string> = {}
): Promise<LocalEnvironments> => world.start(options, variables);

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
    const { hash, lockHash } = await environments.get('default');
    expect(lockHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await world.folders()).toEqual([`default-${hash.slice(0, 16)}`]);
    const kernel = await world.readKernel();
    expect(kernel.argv).toEqual(await environments.kernelArgv('default'));
    expect(kernel.argv[0]).toBe(python);
    expect(kernel.metadata).toEqual({
      debugger: true,
      kernel_provisioner: { provisioner_name: 'berth-provisioner', config: {} },
      berth: { environment: 'default', hash }
    });
  });

  test('nobody learns how large it is, or the look at it leaves files behind', async () => {
    const environments = await world.made();
    const { sizeBytes, hash, message } = await environments.get('default');
    expect(sizeBytes).toBeGreaterThan(1_000);
    expect(message).toBe('');
    const files = await readdir(at('cache', 'environments', `default-${hash.slice(0, 16)}`));
    expect(files.filter(name => name.startsWith('.first-import'))).toEqual([]);
  });

  test('a restart forgets the environment or makes it again', async () => {
    const first = await world.made();
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
    expect(await world.folders()).toHaveLength(1);
    for (const each of both) execFileSync(await each.python('default'), ['-c', 'import tiny_a']);
  });

  test('an environment whose files were deleted by hand stays ready, or cannot be made again', async () => {
    const environments = await world.made();
    const python = await environments.python('default');
    await rm(python);
    expect((await environments.get('default')).state).toBe('absent');
    await expect(environments.python('default')).rejects.toMatchObject({ code: 'conflict' });
    const end = nextEnd(environments);
    await environments.create('default');
    expect((await end).state).toBe('ready');
    execFileSync(python, ['-c', 'import tiny_a']);
  });

  test('a cache that was deleted under the gateway breaks everything, or cannot be filled again', async () => {
    const environments = await world.made();
    await rm(at('cache'), { recursive: true, maxRetries: 5 });
    expect(await environments.list()).toEqual([expect.objectContaining({ state: 'absent' })]);
    expect(await environments.garbage()).toEqual({ folders: [] });
    const end = nextEnd(environments);
    await environments.create('default');
    expect(await end).toMatchObject({ state: 'ready' });
  });

  test('a file that is not the locked one is installed', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const lock = at('locks', 'default.lock');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/sha256:..../, 'sha256:0000'));
    expect(await world.failureOf(await start())).toMatch(/[Hh]ash/);
    await expect(world.readKernel()).rejects.toThrow();
  });

  test('a failure says nothing, and there is no second try', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    await rm(at('wheels'), { recursive: true });
    await mkdir(at('wheels'));
    const environments = await start();
    expect(await world.failureOf(environments)).toContain('tiny');
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const end = nextEnd(environments);
    await environments.create('default');
    expect((await end).state).toBe('ready');
  });

  test('the password of a mirror is in the message of a failure', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    const settings = { PIP_NO_INDEX: '', UV_FIND_LINKS: '', UV_DEFAULT_INDEX: 'http://me:secret@127.0.0.1:9/simple' };
    const message = await world.failureOf(await start({}, { ...settings, UV_HTTP_RETRIES: '0' }));
    expect(message).toContain('127.0.0.1:9');
    expect(message).not.toContain('secret');
  });

  test('nobody hears that a package does not work on this machine', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a', code: 'raise ImportError("libmissing.so.1: cannot open")' }]);
    const environments = await start();
    const looked = until(environments, ({ sizeBytes }) => sizeBytes !== null);
    await environments.create('default');
    expect(await looked).toMatchObject({
      state: 'ready',
      message: 'tiny-a was installed but cannot be imported here: ImportError: libmissing.so.1: cannot open'
    });
  });

  test('the first import leaves no compiled code behind, so that every rank compiles', async () => {
    const environments = await world.made();
    const python = await environments.python('default');
    const where = execFileSync(python, ['-c', 'import tiny_a; print(tiny_a.__cached__)'], { encoding: 'utf8' }).trim();
    await stat(where);
  });

  test('a missing uv is a riddle', async () => {
    await makeTinyPackages(root, [{ name: 'tiny_a' }]);
    expect(await world.failureOf(await start({ uvPath: at('no-uv') }))).toBe(
      `The program uv is not there: ${at('no-uv')}`
    );
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
      expect(await world.folders()).toHaveLength(1);
      expect(await environments.cancel('default')).toMatchObject({ state: 'absent', message: '' });
      expect(await world.folders()).toEqual([]);
    });

    test('closing waits for uv for ever, or leaves it running', async () => {
      const environments = await hanging();
      await environments.create('default');
      await asked;
      await environments.close();
      expect(await world.folders()).toEqual([]);
      await expect(environments.create('default')).rejects.toMatchObject({ code: 'shutting-down' });
    });

    test('a second gateway takes what the first one is making for rubbish', async () => {
      const environments = await hanging();
      await environments.create('default');
      await asked;
      const before = await world.folders();
      await start();
      expect(await world.folders()).toEqual(before);
    });
  });
});

const canMount = findUv() !== undefined && process.platform === 'linux' && process.getuid?.() === 0;
(canMount ? test : test.skip)('a full disk reads as a riddle of uv (needs root, to mount a tiny tmpfs)', async () => {
  await makeTinyPackages(root, [{ name: 'tiny_a', paddingBytes: 4_000_000 }]);
  await mkdir(at('cache'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at('cache')]);
  try {
    expect(await world.failureOf(await start())).toContain('no space left for it in');
  } finally {
    await world.closeAll().finally(() => execFileSync('umount', ['-l', at('cache')]));
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
    expect((await world.folders()).sort()).toEqual(kept.sort());
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
