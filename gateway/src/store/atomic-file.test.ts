import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isPlatformError } from '../contract/index.js';
import { makePrivateFolder, readJsonFile, removeLeftovers, withTemporary, writeFileAtomic } from './atomic-file.js';

const Settings = z.strictObject({ count: z.int() });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-atomic-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
/** The id of a process that has ended. */
const deadPid = (): string => execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();

describe('writeFileAtomic', () => {
  test('a file is not readable by other users unless asked for', async () => {
    await writeFileAtomic(join(folder, 'private'), 'x');
    await writeFileAtomic(join(folder, 'public'), 'x', { mode: 0o644 });
    expect(await modeOf(join(folder, 'private'))).toBe(0o600);
    expect(await modeOf(join(folder, 'public'))).toBe(0o644);
  });

  test('text and bytes replace the old content in full, and no temporary file stays', async () => {
    const path = join(folder, 'state.json');
    await writeFileAtomic(path, 'a longer first content');
    await writeFileAtomic(path, Uint8Array.of(104, 105));
    expect(await readFile(path, 'utf8')).toBe('hi');
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  test('a failed write leaves neither a temporary file nor a damaged old one', async () => {
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'taken', 'inside'), 'old');
    await expect(writeFileAtomic(join(folder, 'taken'), 'new')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
    expect(await readFile(join(folder, 'taken', 'inside'), 'utf8')).toBe('old');
  });

  test('many writers of one file at once never mix their contents', async () => {
    const path = join(folder, 'state.json');
    const texts = Array.from({ length: 12 }, (_, index) => String(index).repeat(5_000));
    await Promise.all(texts.map(text => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  test('a very long file name still gets its temporary file', async () => {
    const name = 'n'.repeat(250);
    await writeFileAtomic(join(folder, name), 'x');
    expect(await readdir(folder)).toEqual([name]);
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
(canMount ? describe : describe.skip)('on a full disk (needs root, to mount a tiny tmpfs)', () => {
  let disk: string;
  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'berth-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  });
  afterAll(async () => {
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  test('the error says storage-full and names the folder, and the old file is whole', async () => {
    const path = join(disk, 'state.json');
    await writeFileAtomic(path, 'old');
    const error: unknown = await writeFileAtomic(path, new Uint8Array(1 << 20)).catch((caught: unknown) => caught);
    expect(isPlatformError(error) && error.code).toBe('storage-full');
    expect((error as Error).message).toContain(disk);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(disk)).toEqual(['state.json']);
  });
});

describe('readJsonFile', () => {
  test('an absent file is no error', async () => {
    expect(await readJsonFile(join(folder, 'absent.json'), Settings)).toBeUndefined();
  });

  test.each([
    ['cut short', '{"count": 1'],
    ['of another shape', '{"count": "many"}'],
    ['empty', '']
  ])('a file that is %s is named in the error', async (_, text) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    await expect(readJsonFile(path, Settings)).rejects.toThrow(path);
  });

  test('what was written is read', async () => {
    await writeFileAtomic(join(folder, 'good.json'), '{"count": 3}');
    expect(await readJsonFile(join(folder, 'good.json'), Settings)).toEqual({ count: 3 });
  });
});

describe('makePrivateFolder', () => {
  test('new and existing folders are closed to other users', async () => {
    const path = join(folder, 'a', 'b');
    await makePrivateFolder(path);
    expect([await modeOf(join(folder, 'a')), await modeOf(path)]).toEqual([0o700, 0o700]);
    await chmod(path, 0o755);
    await makePrivateFolder(path);
    expect(await modeOf(path)).toBe(0o700);
  });
});

describe('removeLeftovers', () => {
  test('what a killed process left goes; files being written and other files stay', async () => {
    const dead = `.state.json.${deadPid()}-0123456789ab.berth-tmp`;
    const ours = `.state.json.${process.pid}-0123456789ab.berth-tmp`;
    const living = `.state.json.${process.ppid}-0123456789ab.berth-tmp`;
    for (const name of [dead, ours, living, 'state.json', 'notes.tmp']) await writeFile(join(folder, name), 'x');
    await withTemporary(join(folder, 'big'), async temporary => {
      await writeFile(temporary, 'half');
      expect(await removeLeftovers(folder)).toBe(2);
      expect(await readFile(temporary, 'utf8')).toBe('half');
    });
    expect((await readdir(folder)).sort()).toEqual([living, 'notes.tmp', 'state.json'].sort());
  });
});
