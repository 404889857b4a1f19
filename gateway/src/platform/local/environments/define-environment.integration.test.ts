import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import type { Environment, EnvironmentRequest, EnvironmentSource } from '../../../contract/index.js';
import { EnvironmentsWorld, nextEnd, withUv } from './environments.testkit.js';
import type { LocalEnvironments } from './local-environments.js';
import { makeTinyLock, makeTinyPackages } from './tiny-packages.testkit.js';

let world: EnvironmentsWorld;
let environments: LocalEnvironments;

withUv('environments of one’s own (skipped where the bootstrap has not installed uv)', () => {
  beforeEach(async () => {
    world = await EnvironmentsWorld.make();
    await makeTinyPackages(world.root, [{ name: 'tiny_a' }, { name: 'tiny_b', version: '2.1' }]);
    environments = await world.start();
  });
  afterEach(() => world.remove());

  const request = (source: EnvironmentSource, more: Partial<EnvironmentRequest> = {}): EnvironmentRequest => ({
    name: 'mine',
    source,
    allowBuilds: false,
    ...more
  });
  const lockOf = (name: string): Promise<string> => makeTinyLock(world.root, [{ name }]);
  const uvLock = async (name = 'tiny_a'): Promise<EnvironmentSource> => ({ kind: 'uv-lock', text: await lockOf(name) });
  const requirements = (text: string): EnvironmentSource => ({ kind: 'requirements', text });
  async function defined(wanted: EnvironmentRequest): Promise<Environment> {
    const end = nextEnd(environments);
    expect(await environments.define(wanted, world.root)).toMatchObject({ name: wanted.name, state: 'creating' });
    return end;
  }
  async function notebook(path: string, metadata: object): Promise<EnvironmentSource> {
    await writeFile(world.at(path), JSON.stringify({ cells: [], metadata, nbformat: 4, nbformat_minor: 5 }));
    return { kind: 'notebook', path };
  }
  async function importIn(name: string, module: string): Promise<string> {
    const code = `import ${module}; print(${module}.answer)`;
    return execFileSync(await environments.python(name), ['-c', code], { encoding: 'utf8' }).trim();
  }

  const pylock = async (): Promise<string> => {
    const [, wheel, sha256] = /url = "(tiny_a[^"]*)", hash = "sha256:([^"]*)"/.exec(await lockOf('tiny_a')) ?? [];
    return [
      'lock-version = "1.0"\ncreated-by = "a test"\n[[packages]]\nname = "tiny-a"\nversion = "1.0"',
      `wheels = [{ name = "${wheel}", url = "file://${world.at('wheels', wheel ?? '')}", hashes = { sha256 = "${sha256}" } }]`
    ].join('\n');
  };
  test.each<{ origin: Environment['origin']; source: () => Promise<EnvironmentSource> }>([
    { origin: 'requirements', source: async () => requirements('tiny-a\n') },
    { origin: 'pylock', source: async () => ({ kind: 'pylock', text: await pylock() }) },
    { origin: 'uv-lock', source: () => uvLock() },
    {
      origin: 'kernel',
      source: async () => ({ kind: 'kernel', packages: [{ name: 'tiny-a', version: '1.0' }] })
    },
    { origin: 'notebook', source: async () => notebook('a.ipynb', { 'uv.lock': await lockOf('tiny_a') }) }
  ])('nothing can be made from $origin', async ({ origin, source }) => {
    const made = await defined(request(await source()));
    expect(made).toMatchObject({ state: 'ready', origin, packages: ['tiny-a==1.0'], kernelspec: 'berth-mine' });
    expect(await importIn('mine', 'tiny_a')).toBe('42');
    const { contents, lock } = await environments.detail('mine');
    expect(contents).toEqual([{ name: 'tiny-a', version: '1.0' }]);
    expect(await environments.inspect(lock)).toMatchObject({
      lockHash: made.lockHash,
      environments: ['mine'],
      problem: null
    });
    expect((await world.readKernel('mine')).argv[0]).toBe(await environments.python('mine'));
  });

  test('a restart forgets an environment of one’s own', async () => {
    const made = await defined(request(requirements('tiny-a')));
    await environments.close();
    environments = await world.start();
    expect(await environments.get('mine')).toMatchObject({ state: 'ready', hash: made.hash, origin: 'requirements' });
  });

  test('the same asked twice, or in two tabs, is refused or made twice', async () => {
    const asked = request(requirements('tiny-a'));
    const end = nextEnd(environments);
    const views = await Promise.all([environments.define(asked, world.root), environments.define(asked, world.root)]);
    expect(views.map(({ state }) => state)).toEqual(['creating', 'creating']);
    const { hash } = await end;
    expect(await environments.define(asked, world.root)).toMatchObject({ state: 'ready', hash });
    expect(await environments.define(request(await uvLock()), world.root)).toMatchObject({ state: 'ready', hash });
    expect(await world.folders()).toHaveLength(1);
  });

  test('a name gets another lock than the one that notebooks rely on', async () => {
    await defined(request(await uvLock()));
    for (const source of [requirements('tiny-b'), await uvLock('tiny_b')]) {
      await expect(environments.define(request(source), world.root)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('choose another name') as string
      });
    }
    await expect(environments.define(request(await uvLock(), { name: 'default' }), world.root)).rejects.toMatchObject({
      code: 'conflict'
    });
    expect((await environments.get('mine')).packages).toEqual(['tiny-a==1.0']);
  });

  test('a name is lost to a request that could not be resolved', async () => {
    const failed = await defined(request(requirements('tiny-nowhere')));
    expect(failed).toMatchObject({ state: 'failed', hash: '', lockHash: '' });
    expect(failed.message).toContain('tiny-nowhere');
    expect(await readdir(world.at('data', 'environments'))).toEqual([]);
    expect(await defined(request(requirements('tiny-a')))).toMatchObject({ state: 'ready' });
  });

  test.each(['win_amd64', 'macosx_14_0_arm64'])('a lock for %s only fails without saying so', async platform => {
    const text = await makeTinyLock(world.root, [{ name: 'tiny_far', tag: `py3-none-${platform}` }]);
    const { state, message } = await defined(request({ kind: 'uv-lock', text }));
    expect(state).toBe('failed');
    expect(message).toContain('tiny-far 1.0 has no wheel for this machine (Python 3.');
    expect(message).toContain(platform);
    expect(await world.folders()).toEqual([]);
    expect(await defined(request(await uvLock()))).toMatchObject({ state: 'ready' });
  });

  test('a lock for another Python is made with this one', async () => {
    const text = (await lockOf('tiny_a')).replace('>=3.9', '>=3.98');
    const { state, message } = await defined(request({ kind: 'uv-lock', text }));
    expect(state).toBe('failed');
    expect(message).toContain('uv python install 3.98');
    const { problem, contents } = await environments.inspect(text);
    expect(problem).toContain('3.98');
    expect(contents).toEqual([{ name: 'tiny-a', version: '1.0' }]);
    const wanted = await defined(request(await uvLock(), { python: '3.97' }));
    expect(wanted.message).toMatch(/Python 3\.97 .* There is 3\..* uv python install 3\.97$/);
  });

  test('a lock that is none breaks the question what is in it', async () => {
    for (const text of ['nonsense', 'version = 1\n[[package]]\nname = "../../etc"', '\u0000']) {
      const { lockHash, problem } = await environments.inspect(text);
      expect([lockHash, typeof problem]).toEqual(['', 'string']);
    }
  });

  test('a path of a stranger’s notebook leads out of the root, or a notebook without a lock makes something', async () => {
    await mkdir(world.at('root'));
    await notebook('outside.ipynb', { 'uv.lock': await lockOf('tiny_a') });
    await symlink(world.at('outside.ipynb'), world.at('root', 'link.ipynb'));
    await notebook('root/plain.ipynb', {});
    await notebook('root/odd.ipynb', { 'uv.lock': { toString: 'x' } });
    await writeFile(world.at('root', 'broken.ipynb'), '{');
    const codeOf = (path: string): Promise<unknown> =>
      environments.define(request({ kind: 'notebook', path }), world.at('root')).then(
        () => 'made',
        (error: unknown) => (error as { code?: string }).code
      );
    const paths = ['../outside.ipynb', 'link.ipynb', 'plain.ipynb', 'odd.ipynb', 'broken.ipynb'];
    expect(await Promise.all(paths.map(codeOf))).toEqual(Array(5).fill('invalid-input'));
    expect(await codeOf('nope.ipynb')).toBe('not-found');
    expect((await environments.list()).map(({ name }) => name)).toEqual(['default']);
  });

  test('a cancelled creation leaves its name or its definition behind', async () => {
    const deleted: string[] = [];
    environments.onDeleted(name => deleted.push(name));
    await environments.define(request(requirements('tiny-a')), world.root);
    expect(await environments.cancel('mine')).toMatchObject({ state: 'absent' });
    await expect(environments.get('mine')).rejects.toMatchObject({ code: 'not-found' });
    expect([deleted, await readdir(world.at('data', 'environments')), await world.folders()]).toEqual([
      ['mine'],
      [],
      []
    ]);
  });

  test('who cancels and asks again at once gets an environment that nobody knows of', async () => {
    const asked = request(requirements('tiny-a'));
    await environments.define(asked, world.root);
    const cancelled = environments.cancel('mine');
    const again = environments.define(asked, world.root);
    const end = nextEnd(environments);
    await Promise.allSettled([cancelled, again]);
    const known = (await environments.list()).some(({ name }) => name === 'mine');
    if (known) await end;
    await environments.close();
    environments = await world.start();
    expect((await environments.list()).some(({ name }) => name === 'mine')).toBe(known);
  });

  test('who deletes and asks for another at once loses the definition of the new one', async () => {
    await defined(request(requirements('tiny-nowhere')));
    const asked = environments.define(request(requirements('tiny-a')), world.root);
    const end = nextEnd(environments);
    const [made] = await Promise.allSettled([asked, environments.remove('mine')]);
    if (made.status === 'rejected') {
      expect(made.reason).toMatchObject({ code: 'conflict' });
      expect((await environments.list()).map(({ name }) => name)).toEqual(['default']);
      return;
    }
    await end;
    const views = await environments.list();
    await environments.close();
    environments = await world.start();
    expect((await environments.list()).map(({ name }) => name)).toEqual(views.map(({ name }) => name));
  });

  test('nobody learns that an environment has to be made anew for a newer Python', async () => {
    const { hash } = await defined(request(await uvLock()));
    const [folder = ''] = await world.folders();
    await environments.close();
    const path = world.at('cache', 'environments', folder, 'berth-environment.json');
    const older = hash.replace(/^.{16}/, '0123456789abcdef');
    const manifest = (await readFile(path, 'utf8'))
      .replace(hash, older)
      .replace(/"python":"[^"]*"/, '"python":"3.9.1"');
    await writeFile(path, manifest);
    await rename(world.at('cache', 'environments', folder), world.at('cache', 'environments', 'mine-0123456789abcdef'));
    environments = await world.start();
    const { state, message, python } = await environments.get('mine');
    expect(state).toBe('absent');
    expect(message).toBe(`It was made for Python 3.9.1, and this machine has ${python}: create it anew.`);
  });

  test('a damaged definition keeps everything else from starting', async () => {
    await defined(request(await uvLock()));
    await environments.close();
    const path = world.at('data', 'environments', 'mine.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 100));
    environments = await world.start();
    const views = await environments.list();
    expect(views.map(({ name, state }) => [name, state])).toEqual([
      ['default', 'absent'],
      ['mine', 'failed']
    ]);
    expect(views[1]?.message).toContain(path);
    expect((await environments.garbage()).folders).toEqual([]);
    await environments.remove('mine');
    expect((await environments.list()).map(({ name }) => name)).toEqual(['default']);
  });

  describe('with an index', () => {
    let index: Server;
    let url: string;
    beforeEach(async () => {
      index = createServer((incoming, response) => {
        const [, , name = '', file = ''] = (incoming.url ?? '').split('/');
        const wheel = `${name.replaceAll('-', '_')}-1.0-py3-none-any.whl`;
        if (file !== '')
          createReadStream(world.at('wheels', file))
            .on('error', () => response.end())
            .pipe(response);
        else
          response
            .setHeader('Content-Type', 'text/html')
            .end(`<a href="${wheel}#sha256=${sha256Of(wheel)}">${wheel}</a>`);
      });
      await new Promise<void>(resolve => index.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(index.address() as AddressInfo).port}/simple`;
      await environments.close();
    });
    afterEach(() => stopIndex());
    const sha256Of = (wheel: string): string =>
      createHash('sha256')
        .update(readFileSync(world.at('wheels', wheel)))
        .digest('hex');
    const stopIndex = (): Promise<unknown> => {
      index.closeAllConnections();
      return new Promise(resolve => index.close(resolve));
    };
    const behind = (more: Record<string, string> = {}): Promise<LocalEnvironments> =>
      world.start({}, { PIP_NO_INDEX: '', UV_FIND_LINKS: '', UV_DEFAULT_INDEX: url, ...more });

    test('what is in the cache cannot be used without a network', async () => {
      environments = await behind();
      const { lockHash, state, message } = await defined(request(requirements('tiny-a')));
      expect([state, message]).toEqual(['ready', '']);
      expect((await environments.detail('mine')).lock).not.toContain('127.0.0.1');
      await environments.close();
      await stopIndex();
      await rm(world.at('cache', 'environments'), { recursive: true, maxRetries: 5 });
      environments = await behind({ UV_OFFLINE: '1' });
      const end = nextEnd(environments);
      await environments.create('mine');
      expect(await end).toMatchObject({ state: 'ready', lockHash });
    });

    test('offline, uv asks the network all the same', async () => {
      environments = await behind({ UV_OFFLINE: '1' });
      const { state, message } = await defined(request(requirements('tiny-a')));
      expect(state).toBe('failed');
      expect(message).toMatch(/network|offline|cache/i);
    });
  });
});
