import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleBench, caught, tree, write } from './bundle-bench.testkit.js';
import { DEFAULT_BUNDLE_LIMITS as LIMITS } from './bundle-limits.js';
import { BundleStore } from './bundle-store.js';
import { surveyFolder } from './survey-folder.js';

let bench: BundleBench;
let root: string;
let source: string;
let store: BundleStore;
const snapshot = () => bench.snapshot();

beforeEach(async () => {
  bench = await BundleBench.make();
  ({ root, source, store } = bench);
});
afterEach(() => bench.remove());

describe('collectOutputs', () => {
  test('outputs are lost, inputs are moved, or caches come along', async () => {
    await write(source, { 'train.py': 'code', 'log.txt': 'before', 'same-size.txt': 'aaaa', 'd/in.csv': 'in' });
    await symlink('train.py', join(source, 'known-link'));
    const { digest } = await snapshot();
    const work = join(root, 'work');
    await store.materialise(digest, work);
    await write(work, {
      'log.txt': 'before and after',
      'same-size.txt': 'bbbb',
      'd/e/model.pt': 'weights',
      '__pycache__/x.pyc': ''
    });
    await symlink('d/e/model.pt', join(work, 'latest'));
    await symlink('/etc', join(work, 'out'));
    execFileSync('mkfifo', [join(work, 'pipe')]);
    const target = join(root, 'target');
    await write(target, { 'log.txt': 'of an earlier attempt' });
    const collected = await store.collectOutputs(digest, work, target);
    expect({ ...collected, skipped: [...collected.skipped].sort() }).toEqual({
      files: 4,
      bytes: 27,
      skipped: ['out', 'pipe'],
      unplaced: []
    });
    expect(await tree(target)).toEqual({
      d: 'folder',
      'd/e': 'folder',
      'd/e/model.pt': 'file - weights',
      latest: 'link d/e/model.pt',
      'log.txt': 'file - before and after',
      'same-size.txt': 'file - bbbb'
    });
    expect((await readdir(work)).sort()).toEqual(['__pycache__', 'd', 'known-link', 'out', 'pipe', 'train.py']);
  });

  test('a link in the target or in the work folder takes the outputs elsewhere', async () => {
    const { digest } = await snapshot();
    const [work, target, outside] = ['work', 'target', 'outside'].map(each => join(root, each)) as [
      string,
      string,
      string
    ];
    await store.materialise(digest, work);
    await write(work, { 'd/new/x': 'x', f: 'f' });
    await write(outside, { secret: 's' });
    await symlink(outside, join(work, 'way-out'));
    await mkdir(target);
    await symlink(outside, join(target, 'd'));
    await symlink(join(outside, 'secret'), join(target, 'f'));
    const collected = await store.collectOutputs(digest, work, target);
    expect(collected).toMatchObject({ files: 1, skipped: ['way-out'], unplaced: ['d/new/x'] });
    expect(await tree(outside)).toEqual({ secret: 'file - s' });
    expect((await tree(target))['f']).toBe('file - f');
  });

  test('an output whose place is taken by something else is lost without a word', async () => {
    const { digest } = await snapshot();
    const [work, target] = [join(root, 'work'), join(root, 'target')];
    await store.materialise(digest, work);
    await write(work, { 'model/weights': 'w', result: 'a file now', good: 'g' });
    await symlink('good', join(work, 'latest'));
    await write(target, { model: 'a file before', 'result/x': 'x', 'latest/x': 'x' });
    const collected = await store.collectOutputs(digest, work, target);
    expect([collected.files, [...collected.unplaced].sort()]).toEqual([1, ['latest', 'model/weights', 'result']]);
    expect(await tree(work)).toMatchObject({ 'model/weights': 'file - w', result: 'file - a file now' });
  });

  test('half a copy of a gateway that was killed over it stays beside the outputs for ever', async () => {
    const { digest } = await snapshot();
    const [work, target] = [join(root, 'work'), join(root, 'target')];
    await store.materialise(digest, work);
    await write(work, { 'd/model.pt': 'weights' });
    const deadPid = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    await write(target, { [`d/.model.pt.${deadPid}-0123456789ab.berth-tmp`]: 'wei' });
    await store.collectOutputs(digest, work, target);
    expect(await readdir(join(target, 'd'))).toEqual(['model.pt']);
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
(canMount ? describe : describe.skip)('on another, tiny disk (needs root, to mount a tmpfs)', () => {
  let disk: string;
  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'berth-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterAll(async () => {
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  test('a full disk ends in anything but storage-full, or leaves a visible bundle or half a copy', async () => {
    await write(source, { 'a.bin': 'a'.repeat(150_000), 'b.bin': 'b'.repeat(150_000) });
    const small = new BundleStore(join(disk, 'store'));
    const survey = await surveyFolder(source, LIMITS);
    expect(await caught(small.put(source, survey))).toMatchObject({
      code: 'storage-full',
      message: expect.stringContaining(disk) as string
    });
    expect(await readdir(join(disk, 'store', 'manifests'))).toEqual([]);
    await small.collectGarbage(new Set(), 0);
    const { digest } = await snapshot();
    expect(await caught(store.materialise(digest, join(disk, 'copy')))).toMatchObject({ code: 'storage-full' });
    expect(await readdir(disk)).toEqual(['store']);
  });

  test('outputs cannot be moved to another disk', async () => {
    const { digest } = await snapshot();
    await store.materialise(digest, join(root, 'work'));
    await write(join(root, 'work'), { 'm.pt': 'weights' });
    await store.collectOutputs(digest, join(root, 'work'), join(disk, 'target'));
    expect(await tree(join(disk, 'target'))).toEqual({ 'm.pt': 'file - weights' });
    expect(await tree(join(root, 'work'))).toEqual({});
  });
});
