import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment, EnvironmentUse } from '../../../contract/index.js';
import { EnvironmentsWorld, nextEnd, until, withUv } from './environments.testkit.js';
import type { LocalEnvironments, LocalEnvironmentsOptions } from './local-environments.js';
import { makeTinyLock, makeTinyPackages } from './tiny-packages.testkit.js';

const DAY_MS = 24 * 3_600_000;
const onLinux = process.platform === 'linux' ? test : test.skip;

let world: EnvironmentsWorld;
let environments: LocalEnvironments;
let recheck: () => void;
/** Past the time in which a look at the processes is good for. */
const jumpAhead = (): void => void jest.spyOn(performance, 'now').mockReturnValue((passedMs += 10_000));
let passedMs = 1_000_000_000;
const running: ChildProcess[] = [];

withUv('environments in use (skipped where the bootstrap has not installed uv)', () => {
  beforeEach(async () => {
    world = await EnvironmentsWorld.make();
    world.nowMs = Date.now();
    await makeTinyPackages(world.root, [{ name: 'tiny_b' }]);
    await begin();
    const end = until(environments, ({ name, sizeBytes }) => name === 'mine' && sizeBytes !== null);
    await define('mine', 'tiny_a');
    await end;
  });
  afterEach(async () => {
    await stopAll();
    jest.restoreAllMocks();
    await world.remove();
  });

  async function begin(options: Partial<LocalEnvironmentsOptions> = {}): Promise<void> {
    const every = (_ms: number, act: () => void): (() => void) => {
      recheck = act;
      return () => undefined;
    };
    environments = await world.start({ every, ...options });
  }
  async function define(name: string, ...packages: string[]): Promise<void> {
    const text = await makeTinyLock(
      world.root,
      packages.map(each => ({ name: each }))
    );
    await environments.define({ name, source: { kind: 'uv-lock', text }, allowBuilds: false }, world.root);
  }
  /** Its standard input ends, and with it whoever reads that. */
  async function stop(child: ChildProcess): Promise<void> {
    const ended = child.exitCode === null ? once(child, 'exit') : undefined;
    child.stdin?.end();
    await ended;
  }
  /** Something that runs in the environment and is no child of ours: those do not count. */
  async function runIn(
    name: string,
    variables: Record<string, string> = {},
    argument = 'work'
  ): Promise<EnvironmentUse> {
    const python = await environments.python(name);
    jumpAhead();
    const code = 'import sys; print(sys.argv, flush=True); sys.stdin.read()';
    const script = 'import subprocess, sys; raise SystemExit(subprocess.call(sys.argv[1:]))';
    const env = { ...world.variables(), ...variables };
    const child = spawn('python3', ['-c', script, python, '-c', code, argument], {
      env,
      stdio: ['pipe', 'pipe', 'ignore']
    });
    running.push(child);
    await once(child.stdout as NodeJS.EventEmitter, 'data');
    const { inUse } = await environments.get(name);
    const [use] = inUse.filter(({ kind }) => kind === 'process');
    if (use === undefined) throw new Error('nothing uses it');
    return use;
  }
  const folderOf = async (name: string): Promise<string> => join(await environments.python(name), '..', '..');
  const mine = (): Promise<Environment> => environments.get('mine');
  const sitePackages = async (): Promise<string> => {
    const library = join(await folderOf('mine'), 'lib');
    return join(library, (await readdir(library))[0] ?? '', 'site-packages');
  };
  async function stopAll(): Promise<void> {
    await Promise.all(running.splice(0).map(stop));
    jumpAhead();
  }

  onLinux('an environment is deleted under a program that runs in it, or not at all', async () => {
    const use = await runIn('mine');
    expect(use.name).toMatch(/^python -c .* work$/);
    await expect(environments.remove('mine')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`process ${use.id}`) as string
    });
    expect((await mine()).state).toBe('ready');
    await stopAll();
    await environments.remove('mine');
    expect([await world.folders(), await readdir(world.at('data', 'environments'))]).toEqual([[], []]);
    expect(await readdir(world.at('kernels'))).toEqual([]);
    await expect(mine()).rejects.toMatchObject({ code: 'not-found' });
  });

  onLinux('a kernel is listed twice, or a stranger counts as the kernel', async () => {
    const kernel: EnvironmentUse = { kind: 'kernel', id: 'k-1', name: '01-train' };
    environments.usedBy(() => new Map([['mine', [kernel]]]));
    await expect(runIn('mine', { BERTH_KERNEL_ID: 'k-1' })).rejects.toThrow('nothing uses it');
    expect((await mine()).inUse).toEqual([kernel]);
    environments.usedBy(() => new Map([['mine', [kernel, { kind: 'run', id: 'r-7', name: 'night' }]]]));
    await expect(runIn('mine', {}, '/data/runs/r-7/attempt-1')).rejects.toThrow('nothing uses it');
    environments.usedBy(() => new Map([['mine', [kernel]]]));
    await stopAll();
    const other = await runIn('mine', { BERTH_KERNEL_ID: 'k-2' });
    expect((await mine()).inUse).toEqual([kernel, other]);
    await expect(environments.remove('mine')).rejects.toThrow('in use by the kernel of 01-train and process');
  });

  onLinux('files that are deleted under a program are not missed by anybody', async () => {
    const use = await runIn('mine');
    const gone = until(environments, ({ name, state }) => name === 'mine' && state === 'absent');
    await rm(await folderOf('mine'), { recursive: true, maxRetries: 5 });
    recheck();
    const seen = await gone;
    expect(seen.inUse).toEqual([use]);
    expect(seen.message).toContain(`deleted under process ${use.id}`);
    const end = nextEnd(environments);
    await environments.create('mine');
    expect(await end).toMatchObject({ state: 'ready', message: '' });
  });

  test('nobody hears that a package was changed by hand, or repair does not mend it', async () => {
    const { hash } = await mine();
    const packages = await sitePackages();
    const changed = until(environments, each => each.changed.length > 0);
    await rename(join(packages, 'tiny_a-1.0.dist-info'), join(packages, 'tiny_a-0.9.dist-info'));
    await mkdir(join(packages, 'Extra_Thing-3.dist-info'));
    recheck();
    expect(await changed).toMatchObject({
      state: 'ready',
      changed: ['extra-thing 3 is not in the lock', 'tiny-a 0.9 instead of 1.0']
    });
    await rm(join(packages, 'tiny_a-0.9.dist-info'), { recursive: true });
    expect((await mine()).changed).toContain('tiny-a 1.0 is missing');
    const mended = until(environments, ({ name, sizeBytes }) => name === 'mine' && sizeBytes !== null);
    expect(await environments.repair('mine')).toMatchObject({ state: 'creating' });
    expect(await mended).toMatchObject({ state: 'ready', changed: [], message: '', hash });
    expect(await world.folders()).toHaveLength(1);
  });

  test('a file that was changed in place comes back by repair, from the cache of uv that has the same file', async () => {
    const file = join(await sitePackages(), 'tiny_a', '__init__.py');
    expect((await stat(file)).nlink).toBeGreaterThan(1);
    await writeFile(file, 'answer = 7');
    const mended = until(environments, ({ name, sizeBytes }) => name === 'mine' && sizeBytes !== null);
    await environments.repair('mine');
    await mended;
    expect(await readFile(file, 'utf8')).toBe('answer = 42');
  });

  onLinux('repair stops what runs in the environment, or says nothing to who runs it', async () => {
    const use = await runIn('mine');
    const used = (await mine()).lastUsedAtMs;
    const end = nextEnd(environments);
    await environments.repair('mine');
    const { state, message, inUse, lastUsedAtMs } = await end;
    expect([state, inUse, lastUsedAtMs]).toEqual(['ready', [use], used]);
    expect(message).toContain(`while process ${use.id}`);
    await stopAll();
    expect(await world.folders()).toHaveLength(1);
  });

  test('a repair that fails takes the environment away', async () => {
    await rm(world.at('wheels'), { recursive: true });
    await mkdir(world.at('wheels'));
    await rm(world.at('uv-cache'), { recursive: true });
    const end = nextEnd(environments);
    await environments.repair('mine');
    const { state, message } = await end;
    expect([state, await world.folders()]).toEqual(['ready', [expect.stringMatching(/^mine-[0-9a-f]{16}$/)]]);
    expect(message).toContain('tiny-a');
  });

  test('what ships with Berth is deleted for ever', async () => {
    await expect(environments.remove('default')).rejects.toMatchObject({ code: 'conflict' });
  });

  onLinux('garbage fills the disk for ever, or something that is used is taken for garbage', async () => {
    await define('other', 'tiny_a', 'tiny_b');
    await until(environments, ({ name, sizeBytes }) => name === 'other' && sizeBytes !== null);
    const [mineFolder, otherFolder] = await world.folders();
    await mkdir(world.at('cache', 'environments', 'gone-0123456789abcdef'));
    await writeFile(world.at('cache', 'environments', 'notes.txt'), 'of the person');
    const names = async (): Promise<string[]> => (await environments.garbage()).folders.map(({ name }) => name);
    expect(await names()).toEqual([]);
    world.nowMs += 2 * DAY_MS;
    expect(await environments.garbage()).toEqual({
      folders: [{ name: 'gone', hash: '0123456789abcdef', sizeBytes: null, lastUsedAtMs: null, why: 'no-definition' }]
    });
    await runIn('mine'); // used from now on
    world.nowMs += 40 * DAY_MS;
    const { folders } = await environments.collect();
    expect(folders.map(({ name, why }) => [name, why])).toEqual([
      ['gone', 'no-definition'],
      ['other', 'long-unused']
    ]);
    expect(folders[1]?.sizeBytes).toBeGreaterThan(1_000);
    expect(otherFolder).toMatch(/^other-/);
    expect(await world.folders()).toEqual([mineFolder, 'notes.txt']);
    expect((await environments.get('other')).state).toBe('absent');
    expect(await readdir(world.at('kernels'))).toEqual(['berth-mine']);
  });

  test('what nothing refers to any more stays for ever unless somebody asks', async () => {
    await environments.close();
    await rm(world.at('data', 'environments', 'mine.json'));
    await begin({ collectOrphansAtStart: true });
    await environments.close();
    expect(await world.folders()).toHaveLength(1);
    world.nowMs += 15 * DAY_MS;
    await begin({ collectOrphansAtStart: true });
    await environments.close();
    expect(await world.folders()).toEqual([]);
  });

  test('whoever opens the cache with a data folder of his own deletes the environments of others', async () => {
    await environments.close();
    world.nowMs += 15 * DAY_MS;
    await begin({ dataFolder: world.at('other-data') });
    await environments.close();
    expect(await world.folders()).toHaveLength(1);
  });
});
