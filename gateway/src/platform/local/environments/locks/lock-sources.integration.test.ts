/** Locks from what somebody else made, with the real uv: indexes are folders and servers on this machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requestedFor, type ResolvableSource } from './index.js';
import { describeWithUv, LINUX, LockWorld, loose, MINOR, names, options, PYTHON } from './lock-world.testkit.js';
import { servePackages, type TestIndex, wheelHash } from './package-index.testkit.js';

const world = new LockWorld();
beforeAll(() => world.make());
afterAll(() => world.remove());

describeWithUv('a lock that somebody else made', () => {
  const PROJECT = `[project]\nname = "mine"\nversion = "0.1"\nrequires-python = ">=${MINOR}"
dependencies = ["alpha", "mine[all]"]
[project.optional-dependencies]
all = ["beta[more]<2"]
rest = ["gamma"]
`;
  let index: TestIndex;
  beforeAll(async () => {
    index = await servePackages(world.wheels);
  });
  afterAll(() => index.close());

  test('the same files have one hash as uv.lock of a project, another as pylock.toml or requirements', async () => {
    const around = { index: index.url };
    await world.uvIn('project', { 'pyproject.toml': PROJECT }, ['lock', '--quiet', '--python', PYTHON], around);
    const as = (...args: string[]): Promise<string> =>
      world.uvIn('project', {}, ['export', '--frozen', '--quiet', '--no-emit-project', ...args], around);
    const sources: ResolvableSource[] = [
      { kind: 'uv-lock', text: await readFile(join(world.folder, 'project', 'uv.lock'), 'utf8') },
      { kind: 'pylock', text: await as('--format', 'pylock.toml') },
      { kind: 'requirements', text: await as('--format', 'requirements.txt') }
    ];
    const locks = await Promise.all(sources.map(source => world.resolved(source, around)));
    expect(locks.map(names)).toEqual(Array(3).fill(['alpha==1.0', 'beta==1.0', 'delta==1.0']));
    expect(new Set(locks.map(({ lockHash }) => lockHash)).size).toBe(1);
    expect(locks.map(lock => requestedFor(lock, LINUX))).toEqual([
      ['alpha==1.0', 'beta==1.0'],
      ['alpha==1.0', 'delta==1.0'],
      ['alpha==1.0', 'delta==1.0']
    ]);
  });

  test('nobody is told that the project itself and its extras are left out', async () => {
    await world.uvIn('project2', { 'pyproject.toml': PROJECT }, ['lock', '--quiet', '--python', PYTHON]);
    const text = await readFile(join(world.folder, 'project2', 'uv.lock'), 'utf8');
    // A folder as index: uv writes no hashes, and a path of somebody else is not looked into.
    await expect(world.resolved({ kind: 'uv-lock', text })).rejects.toThrow('sha256');
    await world.uvIn('project2', {}, ['lock', '--quiet', '--python', PYTHON], { index: index.url });
    const again = await readFile(join(world.folder, 'project2', 'uv.lock'), 'utf8');
    const { warnings } = await world.tool().resolve({ kind: 'uv-lock', text: again }, options());
    expect(warnings.join('\n')).toMatch(/mine itself is not installed[\s\S]*rest/);
  });

  test('a lock that lacks a dependency is taken for complete', async () => {
    const text = `alpha==1.0 --hash=${await wheelHash(world.wheels, 'alpha-1.0-py3-none-any.whl')}`;
    await expect(world.resolved(loose(text))).rejects.toThrow('not complete: alpha needs beta');
  });

  test('a lock whose files the index does not have fails only when it is installed', async () => {
    const strange = `sha256:${'0'.repeat(64)}`;
    await expect(world.resolved(loose(`gamma==1.0 --hash=${strange}`))).rejects.toThrow(
      'none of the files that the lock names for gamma'
    );
    const pylock = (await pylockOf('gamma')).replace(/sha256 = "\w+"/, `sha256 = "${'0'.repeat(64)}"`);
    await expect(world.resolved({ kind: 'pylock', text: pylock })).rejects.toThrow(
      'none of the files that the lock names for gamma'
    );
    await expect(world.resolved({ kind: 'pylock', text: pylock.replaceAll('gamma', 'nobody') })).rejects.toThrow(
      'nobody'
    );
  });

  test('a lock is refused because the index cannot be asked', async () => {
    const text = await pylockOf('gamma');
    const gone = await servePackages(world.wheels);
    await gone.close();
    const { lock, warnings } = await world.tool({ index: gone.url }).resolve({ kind: 'pylock', text }, options());
    expect(names(lock)).toEqual(['gamma==1.0']);
    expect(warnings[0]).toContain('could not be checked');
  });

  async function pylockOf(name: string): Promise<string> {
    return world.uvIn('pylock', { 'in.txt': name }, [
      'pip',
      'compile',
      'in.txt',
      '--format',
      'pylock.toml',
      '--quiet',
      '--python',
      PYTHON
    ]);
  }
});

describeWithUv('the packages of a kernel', () => {
  const kernel = (...packages: string[]): ResolvableSource => ({
    kind: 'kernel',
    packages: packages.map(each => ({ name: each.split('==')[0] ?? '', version: each.split('==')[1] ?? '' }))
  });

  test('its versions move, or dependencies count as asked for', async () => {
    const lock = await world.resolved(kernel('alpha==1.0', 'beta==1.0', 'Delta==1.0'));
    expect(names(lock)).toEqual(['alpha==1.0', 'beta==1.0', 'delta==1.0']);
    expect(requestedFor(lock, LINUX)).toEqual(['alpha==1.0', 'delta==1.0']);
  });

  test('of several packages that no index has only one is named', async () => {
    const made = world.resolved(kernel('alpha==1.0', 'beta==1.0', 'homemade==0.1', 'gamma==1.0+cu121', 'other==3'));
    await expect(made).rejects.toThrow(
      /does not have (?=.*homemade==0.1)(?=.*gamma==1.0\+cu121)(?=.*other==3).*UV_INDEX/
    );
  });

  test('versions that do not fit together are taken', async () => {
    await expect(world.resolved(kernel('alpha==1.0', 'beta==0.5'))).rejects.toThrow('beta==0.5');
  });
});
