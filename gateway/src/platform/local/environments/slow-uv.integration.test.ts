/** What becomes of environments when uv hangs, or when the gateway is killed while uv works for it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { identityOf } from '../process-identity.js';
import { EnvironmentsWorld, nextEnd, until, UV, withUv } from './environments.testkit.js';
import type { LocalEnvironmentsOptions } from './local-environments.js';
import { makeTinyPackages, TEST_PYTHON } from './tiny-packages.testkit.js';

let world: EnvironmentsWorld;

beforeEach(async () => {
  world = await EnvironmentsWorld.make();
  await makeTinyPackages(world.root, [{ name: 'tiny_a' }]);
});
afterEach(() => world.remove());

withUv('with an uv that can hang (skipped where the bootstrap has not installed uv)', () => {
  /** Hangs while there is a file `hang` beside it; says in `asked` which process it is. */
  async function wrapper(): Promise<string> {
    const path = world.at('uv');
    const hang = `if [ -e "${world.at('hang')}" ]; then echo $$ >> "${world.at('asked')}"; exec sleep 600; fi`;
    await writeFile(path, `#!/bin/sh\n${hang}\nexec "${UV}" "$@"\n`);
    await chmod(path, 0o755);
    await writeFile(world.at('hang'), '');
    return path;
  }

  test('an uv that hangs keeps the gateway from starting or ending, or an environment unreadable when it no longer does', async () => {
    let recheck = (): void => undefined;
    const every = (_ms: number, act: () => void): (() => void) => {
      recheck = act;
      return () => undefined;
    };
    const uvPath = await wrapper();
    const environments = await world.start({ uvPath, every, openWithinMs: 0, readWithinMs: 500 });
    const failed = until(environments, ({ state }) => state === 'failed');
    const [first] = await environments.list();
    expect(first).toMatchObject({ name: 'default', hash: '' });
    expect((await failed).message).toMatch(/uv does not answer.* asked again/);
    await rm(world.at('hang'));
    const read = until(environments, ({ state }) => state === 'absent');
    recheck();
    expect(await read).toMatchObject({ packages: ['tiny-a==1.0'], message: '' });
    const end = nextEnd(environments);
    await environments.create('default');
    expect(await end).toMatchObject({ state: 'ready' });
  });

  test('the gateway leaves an uv behind that hangs', async () => {
    const uvPath = await wrapper();
    const environments = await world.start({ uvPath, openWithinMs: 0 });
    const pid = await firstAsked();
    await environments.close();
    expect(await identityOf(pid)).toBeUndefined();
  });

  async function firstAsked(): Promise<number> {
    for (;;) {
      const pid = await readPid();
      if (pid > 0) return pid;
      await new Promise(setImmediate);
    }
  }
  async function readPid(): Promise<number> {
    return Number((await readFile(world.at('asked'), 'utf8').catch(() => '')).split('\n')[0]);
  }
});

withUv('a gateway that is killed (skipped where the bootstrap has not installed uv)', () => {
  let index: Server;
  let asked: Promise<void>;
  beforeEach(async () => {
    let onAsked = (): void => undefined;
    asked = new Promise(resolve => (onAsked = resolve));
    index = createServer(() => onAsked());
    await new Promise<void>(resolve => index.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    index.closeAllConnections();
    await new Promise(resolve => index.close(resolve));
  });

  /** A process of its own that makes `default` from an index that never answers. */
  async function startGateway(): Promise<ChildProcess> {
    const { port } = index.address() as AddressInfo;
    const variables = { PIP_NO_INDEX: '', UV_FIND_LINKS: '', UV_DEFAULT_INDEX: `http://127.0.0.1:${port}/simple` };
    const options: Partial<LocalEnvironmentsOptions> = {
      ...{ cacheFolder: world.at('cache'), dataFolder: world.at('data'), kernelsFolder: world.at('kernels') },
      ...{ lockFolder: world.at('locks'), uvPath: UV, pythonPath: TEST_PYTHON, variables: world.variables(variables) }
    };
    const bundle = world.at('gateway.mjs');
    const [open, plan] = ['./local-environments.ts', '../../../../../operator/src/plan/index.ts'].map(
      path => new URL(path, import.meta.url).pathname
    );
    const code = `import { LocalEnvironments } from ${JSON.stringify(open)};
      const log = { error() {}, warn() {}, info() {} };
      const environments = await LocalEnvironments.open({ ...${JSON.stringify(options)}, log, clock: () => new Date() });
      await environments.create('default');
      setInterval(() => undefined, 1000);`;
    await build({
      stdin: { contents: code, resolveDir: world.root },
      alias: { '@berth/operator/plan': plan ?? '' },
      ...{ outfile: bundle, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' }
    });
    return spawn(process.execPath, [bundle], { stdio: 'ignore' });
  }

  test('what it was making stays half-made, or cannot be made any more', async () => {
    const gateway = await startGateway();
    await asked;
    expect(await world.folders()).toEqual([expect.stringMatching(/^default-[0-9a-f]{16}\.tmp-/)]);
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    index.closeAllConnections(); // uv, which nobody kills, ends with an error
    const environments = await world.start();
    expect([await world.folders(), await readdir(world.at('kernels')).catch(() => [])]).toEqual([[], []]);
    expect((await environments.get('default')).state).toBe('absent');
    const end = nextEnd(environments);
    await environments.create('default');
    expect(await end).toMatchObject({ state: 'ready' });
    expect(await world.folders()).toHaveLength(1);
  });
});
