import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_BUNDLE_LIMITS as LIMITS } from './bundle-limits.js';
import { surveyFolder } from './survey-folder.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'berth-survey-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
async function paths(folder = root): Promise<string[]> {
  return (await surveyFolder(folder, LIMITS)).files.map(file => file.path);
}

test('sizes, the executable bit or the order of the files are wrong', async () => {
  await put({ 'b.py': 'xx', 'a/z.py': 'x', 'a.py': '', 'B.sh': '#!' });
  await chmod(join(root, 'B.sh'), 0o755);
  const survey = await surveyFolder(root, LIMITS);
  expect(survey.files.map(({ path, bytes, mode }) => [path, bytes, mode])).toEqual([
    ['B.sh', 2, 0o755],
    ['a.py', 0, 0o644],
    ['a/z.py', 1, 0o644],
    ['b.py', 2, 0o644]
  ]);
  expect([survey.bytes, survey.complete, survey.warnings, survey.problems]).toEqual([5, true, [], []]);
});

describe('.gitignore', () => {
  test('nested files and negations are read otherwise than git reads them', async () => {
    await put({
      '.gitignore': 'build\n*.log\n!keep.log\n/only-here\ndata/*.bin\n',
      'keep.log': '',
      'drop.log': '',
      'only-here': '',
      'sub/only-here': '',
      'build/x': '',
      'data/a.bin': '',
      'sub/data/a.bin': '',
      'sub/.gitignore': '!build\n!drop.log\nlocal.txt\n',
      'sub/build/y': '',
      'sub/drop.log': '',
      'sub/other.log': '',
      'sub/local.txt': '',
      'local.txt': '',
      'sub/deep/local.txt': '',
      'ignored/.gitignore': '*\n!.gitignore\n',
      'ignored/x/y': '',
      'odd [1]/.gitignore': 'a*\n',
      'odd [1]/abc': '',
      'odd [1]/b': '',
      'odd 1/abc': ''
    });
    const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
    git('init', '-q');
    const wanted = git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean).sort();
    expect(wanted).toContain('sub/build/y');
    expect(await paths()).toEqual(wanted);
  });

  test('files above the folder and info/exclude are not read up to the git root, or are read beyond it', async () => {
    await put({
      '.gitignore': 'top.txt\n',
      'repo/.gitignore': '*.csv\n/nb/here.txt\n!nb/keep.csv\n',
      'repo/.git/info/exclude': 'private.txt\n',
      'repo/nb/a.csv': '',
      'repo/nb/keep.csv': '',
      'repo/nb/here.txt': '',
      'repo/nb/private.txt': '',
      'repo/nb/top.txt': '',
      'repo/nb/train.ipynb': ''
    });
    expect(await paths(join(root, 'repo', 'nb'))).toEqual(['keep.csv', 'top.txt', 'train.ipynb']);
  });

  test('a folder that git ignores as a whole gives an empty snapshot', async () => {
    await put({ '.gitignore': 'scratch/\n', 'scratch/train.ipynb': '', 'scratch/.gitignore': 'x', 'scratch/x': '' });
    await mkdir(join(root, '.git'));
    const survey = await surveyFolder(join(root, 'scratch'), LIMITS);
    expect(survey.files.map(file => file.path)).toEqual(['.gitignore', 'train.ipynb']);
    expect(survey.warnings.join()).toContain('Git ignores this whole folder');
  });

  test('a rule leaves out the notebook itself', async () => {
    await put({ '.gitignore': '*.ipynb\n', 'train.ipynb': 'x', 'other.ipynb': '' });
    const survey = await surveyFolder(root, LIMITS, undefined, ['train.ipynb']);
    expect(survey.files.map(file => file.path)).toEqual(['.gitignore', 'train.ipynb']);
  });

  test('a .gitignore that is a pipe blocks the walk for ever', async () => {
    await put({ 'a.py': '' });
    execFileSync('mkfifo', [join(root, '.gitignore')]);
    expect(await paths()).toEqual(['a.py']);
  });
});

test('caches, history, environments and earlier results go along', async () => {
  await put({
    'train.ipynb': '',
    'train.runs/1/out.bin': '',
    'my.runs/data.csv': '',
    '.git/config': '',
    'a/.git': 'gitdir: elsewhere',
    'a/.ipynb_checkpoints/x': '',
    'a/__pycache__/x': '',
    'node_modules/x/y': '',
    'env/pyvenv.cfg': '',
    'env/lib/x': '',
    'conda/conda-meta/history': '',
    'conda/bin/x': ''
  });
  expect(await paths()).toEqual(['my.runs/data.csv', 'train.ipynb']);
});

test('a folder that the code writes to is missing in the copy because it is empty now', async () => {
  await put({ '.gitignore': 'out/*\n', 'a/x': '', 'out/old': '' });
  await mkdir(join(root, 'b', 'c'), { recursive: true });
  expect((await surveyFolder(root, LIMITS)).folders).toEqual(['b/c', 'out']);
});

describe('links', () => {
  test('a link that leads out brings foreign files along, or a link inside is lost', async () => {
    await put({ 'nb/a.txt': '', 'nb/d/b.txt': '', 'secret.txt': '', 'nb-2/x': '' });
    const nb = join(root, 'nb');
    const links: [string, string][] = [
      ['ok-file', 'a.txt'],
      ['ok-folder', 'd'],
      ['ok-absolute', join(nb, 'd', 'b.txt')],
      ['d/ok-up', '../a.txt'],
      ['ok-dangling', 'not-there-yet'],
      ['out-absolute', '/etc/passwd'],
      ['out-relative', '../secret.txt'],
      ['out-sibling', '../nb-2'],
      ['out-dangling', '../../not-there'],
      ['step', '..'],
      ['loop', 'loop']
    ];
    for (const [path, target] of links) await symlink(target, join(nb, path));
    await symlink('out-relative', join(nb, 'out-by-another'));
    const survey = await surveyFolder(nb, LIMITS);
    const kept = survey.files.filter(file => file.link !== undefined).map(({ path, link }) => [path, link]);
    expect(kept).toEqual([
      ['d/ok-up', '../a.txt'],
      ['loop', 'loop'],
      ['ok-absolute', 'd/b.txt'],
      ['ok-dangling', 'not-there-yet'],
      ['ok-file', 'a.txt'],
      ['ok-folder', 'd']
    ]);
    expect(survey.files.map(file => file.path)).not.toContain('ok-folder/b.txt');
    expect(survey.warnings).toHaveLength(1);
    expect(survey.warnings[0]).toContain('out-by-another → out-relative');
    expect(survey.warnings[0]).toContain('step → ..');
  });

  test('a folder that is itself reached by a link is seen as empty', async () => {
    await put({ 'real/a.txt': '' });
    await symlink('real', join(root, 'alias'));
    expect(await paths(join(root, 'alias'))).toEqual(['a.txt']);
  });
});

test('pipes and sockets block the walk or vanish without a word', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const server = createServer();
  await new Promise<void>(resolve => server.listen(join(root, 'socket'), resolve));
  const survey = await surveyFolder(root, LIMITS);
  await new Promise(resolve => server.close(resolve));
  expect(survey.files).toEqual([]);
  expect(survey.warnings).toEqual(['Left out, because they are pipes, sockets or devices: pipe, socket.']);
});

const linux = process.platform === 'linux' ? test : test.skip;
linux('a name that is not UTF-8 makes the walk fail', async () => {
  await put({ 'ü.txt': '' });
  await writeFile(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.of(0xff)]), 'x');
  await mkdir(Buffer.concat([Buffer.from(`${root}/dir-`), Buffer.of(0xfe)]));
  const survey = await surveyFolder(root, LIMITS);
  expect(survey.files.map(file => file.path)).toEqual(['ü.txt']);
  expect(survey.warnings.join()).toMatch(/not UTF-8: bad-\uFFFD/);
});

test('what cannot be read is left out without a word', async () => {
  await put({ 'closed.txt': 'x', 'folder/x': '' });
  await chmod(root, 0o755);
  await chmod(join(root, 'closed.txt'), 0);
  await chmod(join(root, 'folder'), 0);
  const survey = await asSomebodyWhoIsNotRoot(() => surveyFolder(root, LIMITS));
  await chmod(join(root, 'folder'), 0o700);
  // Files are judged by access(2), which asks who we really are: root may read this one.
  const closed = process.getuid?.() === 0 ? '' : 'closed.txt, ';
  expect(survey.warnings).toEqual([`Left out, because they cannot be read: ${closed}folder/.`]);
});

/** Root reads everything, so root becomes `nobody` for a moment. */
async function asSomebodyWhoIsNotRoot<T>(act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

test('a file of ten terabytes is read to measure it, or the ten largest files are not named', async () => {
  await put(Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`s${index}`, 'x'.repeat(index + 1)])));
  await writeFile(join(root, 'huge.bin'), '');
  await truncate(join(root, 'huge.bin'), 10_000_000_000_000);
  const survey = await surveyFolder(root, LIMITS);
  const message = survey.problems[0]?.message ?? '';
  expect(message).toContain('9.09 TiB; the limit is 512 MiB');
  expect(message).toContain('huge.bin (9.09 TiB), s10 (11 bytes)');
  expect(message).not.toContain('s1 (');
});

test('a home folder of any size is walked to its end', async () => {
  const files = Array.from({ length: 60 }, (_, index) => [`d${index}/f`, '']);
  await put(Object.fromEntries(files) as Record<string, string>);
  const survey = await surveyFolder(root, { maxBytes: 1000, maxFiles: 5 });
  expect(survey.complete).toBe(false);
  expect(survey.files.length).toBeLessThan(30);
  expect(survey.problems[0]?.message).toContain('at least');
});

test('a client that went away does not stop the walk', async () => {
  await put({ 'a/b': '' });
  const gone = new AbortController();
  gone.abort(new Error('client gone'));
  await expect(surveyFolder(root, LIMITS, gone.signal)).rejects.toThrow('client gone');
});

test('a folder that does not exist looks like an empty one', async () => {
  await expect(surveyFolder(join(root, 'absent'), LIMITS)).rejects.toThrow('ENOENT');
});

test('key files go along without a warning', async () => {
  await put({ '.env': '', 'keys/server.pem': '', '.env.example': '' });
  expect((await surveyFolder(root, LIMITS)).warnings).toEqual([
    expect.stringContaining('look like secrets; they are included and stored with the run: .env, keys/server.pem.')
  ]);
});

test('a flat folder of very many files is looked through to its end', async () => {
  await Promise.all(Array.from({ length: 500 }, (_, index) => writeFile(join(root, `f${index}`), '')));
  const survey = await surveyFolder(root, { maxBytes: 1024, maxFiles: 3 });
  expect(survey.complete).toBe(false);
  expect(survey.files.length).toBeLessThan(100);
});
