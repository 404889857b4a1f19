import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveEntry } from './entry-path.js';

let root: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-entry-'));
  root = join(folder, 'root');
  for (const path of ['root/sub', 'outside', 'root/folder.ipynb', 'root/taken'])
    await mkdir(join(folder, path), { recursive: true });
  for (const path of [
    'root/a b.ipynb',
    'root/sub/x.py',
    'outside/o.ipynb',
    'root/taken/t.py',
    'root/taken/t.runs',
    'root/n.txt'
  ]) {
    await writeFile(join(folder, path), '');
  }
  await symlink('../outside/o.ipynb', join(root, 'out.ipynb'));
  await symlink('../outside', join(root, 'away'));
  await symlink('sub/x.py', join(root, 'in.py'));
});
afterEach(async () => {
  await rm(join(root, '..'), { recursive: true, force: true });
});

test.each([
  ['a b.ipynb', { stem: 'a b', kind: 'notebook', resultsFolder: 'a b.runs' }, ''],
  ['sub/x.py', { stem: 'x', kind: 'script', resultsFolder: 'sub/x.runs' }, 'sub'],
  ['in.py', { stem: 'in', kind: 'script', resultsFolder: 'in.runs' }, '']
])('%s is found in the folder where it is seen', async (notebook, want, folder) => {
  expect(await resolveEntry(root, notebook)).toMatchObject({ ...want, folder: join(root, folder).replace(/\/$/, '') });
});

test.each([
  ['../outside/o.ipynb', 'invalid-input'],
  ['sub/../a b.ipynb', 'invalid-input'],
  ['/etc/hostname.py', 'invalid-input'],
  ['sub//x.py', 'invalid-input'],
  ['./in.py', 'invalid-input'],
  ['nul\0.py', 'invalid-input'],
  ['n.txt', 'invalid-input'],
  ['.py', 'invalid-input'],
  ['folder.ipynb', 'invalid-input'],
  ['out.ipynb', 'invalid-input'],
  ['away/o.ipynb', 'invalid-input'],
  ['taken/t.py', 'invalid-input'],
  ['none.ipynb', 'not-found'],
  ['sub/x.py/y.py', 'not-found']
])('%j is refused as %s', async (notebook, code) => {
  await expect(resolveEntry(root, notebook)).rejects.toMatchObject({ name: 'PlatformError', code });
});
