/** Locks of what a person asks for, with the real uv: indexes are folders and servers on this machine. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../until.testkit.js';
import { requestedFor } from './index.js';
import {
  type Around,
  describeWithUv,
  LINUX,
  LockWorld,
  loose,
  MINOR,
  names,
  options,
  PYTHON,
  WHEELS
} from './lock-world.testkit.js';
import { makeSourceArchive, makeWheels, servePackages, type TestIndex, wheelHash } from './package-index.testkit.js';

const world = new LockWorld();
beforeAll(() => world.make());
afterAll(() => world.remove());

describeWithUv('requirements', () => {
  test('what was asked for, what it needs and the platforms that it is for get lost on the way to the lock', async () => {
    const lock = await world.resolved(loose('Alpha>=1  # why\nbeta[more]\n'));
    expect(names(lock)).toEqual(['alpha==1.0', 'beta==2.0', 'delta==1.0']);
    expect(requestedFor(lock, LINUX)).toEqual(['alpha==1.0', 'beta==2.0']);
    expect(lock.packages.find(({ name }) => name === 'gamma')?.marker).toBe("sys_platform == 'win32'");
    expect(lock.requiresPython).toBe(`>=${MINOR}`);
    expect(lock.exported).toContain(`--hash=${await wheelHash(world.wheels, 'alpha-1.0-py3-none-any.whl')}`);
    expect(lock.text).not.toContain(world.folder);
  });

  test('a mirror can be told from its lock: two folders and two servers give different texts or hashes', async () => {
    const other = join(world.folder, 'elsewhere');
    await makeWheels(other, WHEELS);
    const indexes = [await servePackages(world.wheels), await servePackages(other)];
    try {
      const around: Around[] = [{}, { links: other }, ...indexes.map(({ url }) => ({ index: url }))];
      const locks = await Promise.all(around.map(each => world.resolved(loose('alpha'), each)));
      expect(new Set(locks.map(({ text }) => text)).size).toBe(1);
      expect(new Set(locks.map(({ lockHash }) => lockHash)).size).toBe(1);
      expect(locks[0]?.text.match(/\w+:\/\/[^"]*/g)?.filter(each => each !== 'https://index.invalid/simple')).toEqual(
        []
      );
    } finally {
      await Promise.all(indexes.map((index: TestIndex) => index.close()));
    }
  });

  test('what does not fit together is refused without saying what', async () => {
    const refusal = world.resolved(loose('alpha\nbeta<1'));
    await expect(refusal).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(refusal).rejects.toThrow('beta');
  });

  test('making a lock runs the code of a package that nobody allowed to be built', async () => {
    const trace = join(world.folder, 'trace');
    const sources = join(world.folder, 'sources');
    await makeWheels(sources, []);
    makeSourceArchive(sources, 'built', trace);
    const around = { links: sources };
    await expect(world.resolved(loose('built'), around)).rejects.toThrow('can be built, which runs their code');
    expect(existsSync(trace)).toBe(false);
    const { lock } = await world.tool(around).resolve(loose('built'), options({ allowBuilds: true }));
    expect(names(lock)).toEqual(['built==1.0']);
    expect(existsSync(trace)).toBe(true);
    await rm(trace);
    await world.tool({ ...around, cache: join(world.folder, 'unread') }).read(lock.text);
    expect(existsSync(trace)).toBe(false);
  });

  test('a cancelled request goes on, or leaves its folder behind', async () => {
    const before = await leftovers();
    const abort = new AbortController();
    const silent = createServer(() => abort.abort(new Error('enough')));
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done));
    const index = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/simple`;
    const making = world.tool({ index }).resolve(loose('alpha'), options({ signal: abort.signal }));
    await expect(making).rejects.toThrow('enough');
    // Other tests lock at the same time, into folders that go as well: ours stays if it is left behind.
    const made = (await leftovers()).filter(each => !before.includes(each));
    const left = async (): Promise<string[]> => (await leftovers()).filter(each => made.includes(each));
    await until('folders of locks are gone', 20_000, async () => ((await left()).length === 0 ? true : undefined));
    expect(await left()).toEqual([]);
    silent.closeAllConnections();
    await new Promise(done => silent.close(done));
  });
});

describeWithUv('a lock that was read', () => {
  test('uv or juv does not take it: versions change, or an export is refused', async () => {
    const lock = await world.resolved(loose('alpha\nbeta<2'));
    const script = '# /// script\n# requires-python = ">=' + MINOR + '"\n# dependencies = ["alpha", "beta<2"]\n# ///\n';
    const files = { 'x.py': script, 'x.py.lock': lock.text };
    const exported = await world.uvIn('juv', files, [
      'export',
      '--script',
      'x.py',
      '--frozen',
      '--no-header',
      '--no-annotate',
      '--quiet'
    ]);
    expect(exported).toBe(lock.exported);
    await world.uvIn('juv', {}, ['lock', '--script', 'x.py', '--quiet', '--python', PYTHON]);
    const relocked = await readFile(join(world.folder, 'juv', 'x.py.lock'), 'utf8');
    expect(relocked).toMatch(/name = "beta"\nversion = "1.0"/);
  });

  test('an older revision cannot be read, or is another lock', async () => {
    const lock = await world.resolved(loose('alpha'));
    const older = lock.text.replace('revision = 5\n', '');
    expect(await world.tool().read(older)).toEqual(lock);
  });

  test('what somebody wrote into the cache is believed', async () => {
    const cache = join(world.folder, 'tampered');
    const lock = await world.resolved(loose('alpha'), { cache });
    const sealed = (text: string): string => `${createHash('sha256').update(text).digest('hex')}\n${text}`;
    const evil = `evil==6.6.6 --hash=sha256:${'0'.repeat(64)}\n`;
    for (const content of [sealed(evil), `${lock.lockHash}\n${evil}`, '']) {
      const files = await readdir(join(cache, 'locks'));
      expect(files).toHaveLength(1);
      for (const file of files) await writeFile(join(cache, 'locks', file), content);
      expect(await world.tool({ cache }).read(lock.text)).toEqual(lock);
    }
  });

  test('a cache that cannot be written keeps locks from being read', async () => {
    const lock = await world.resolved(loose('alpha'));
    await writeFile(join(world.folder, 'no-folder'), '');
    const cache = join(world.folder, 'no-folder');
    expect(await world.tool({ cache }).read(lock.text)).toEqual(lock);
  });

  test('a lock that a stranger made unreadable ends as an error of ours', async () => {
    const lock = await world.resolved(loose('alpha'));
    const broken = lock.text.replace('alpha-1.0-py3-none-any.whl', 'alpha-1.0-py3.whl');
    await expect(world.tool().read(broken)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

async function leftovers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter(name => name.startsWith('berth-lock-'));
}
