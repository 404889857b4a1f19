import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitState } from './git-state.js';

let root: string;
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { encoding: 'utf8' }).trim();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'berth-git-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test('a folder outside any repository, or one that is absent, is an error', async () => {
  expect(await gitState(root)).toEqual({ commit: null, dirty: null });
  expect(await gitState(join(root, 'absent'))).toEqual({ commit: null, dirty: null });
});

test('the commit or the dirty flag is wrong', async () => {
  git('init', '-q');
  await mkdir(join(root, 'nb'));
  await writeFile(join(root, 'nb', 'train.py'), 'x');
  expect(await gitState(root)).toEqual({ commit: null, dirty: true });
  git('add', '.');
  git('commit', '-qm', 'first');
  const commit = git('rev-parse', 'HEAD');
  expect(await gitState(join(root, 'nb'))).toEqual({ commit, dirty: false });
  await writeFile(join(root, 'elsewhere.txt'), 'not in the notebook’s folder');
  expect(await gitState(join(root, 'nb'))).toEqual({ commit, dirty: false });
  expect(await gitState(root)).toEqual({ commit, dirty: true });
  await writeFile(join(root, 'nb', 'train.py'), 'y');
  expect(await gitState(join(root, 'nb'))).toEqual({ commit, dirty: true });
});

test('looking at a repository runs the program that its configuration names, or writes to it', async () => {
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  const trap = join(root, 'trap.sh');
  await writeFile(trap, `#!/bin/sh\ntouch ${join(root, 'sprung')}\n`);
  await chmod(trap, 0o755);
  git('config', 'core.fsmonitor', trap);
  git('config', 'core.hooksPath', root);
  await writeFile(join(root, 'post-index-change'), `#!/bin/sh\ntouch ${join(root, 'sprung')}\n`, { mode: 0o755 });
  const before = await stat(join(root, '.git'));
  expect((await gitState(root)).dirty).toBe(true);
  expect(await readdir(root)).not.toContain('sprung');
  expect((await stat(join(root, '.git'))).mtimeMs).toBe(before.mtimeMs);
});
