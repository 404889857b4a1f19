/** Symptoms: a slip in the policy stops something; a policy that was mended or taken away goes on to count. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { PolicyFile } from './policy-file.js';

let folder: string;
let path: string;
let logged: string[];
let file: PolicyFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-policy-'));
  path = join(folder, 'idle-policy.json');
  logged = [];
  const note = (message: string): void => void logged.push(message);
  file = new PolicyFile(path, { error: note, warn: note, info: note });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('without a file nothing is said on top of what holds anyway', async () => {
  expect(await file.read()).toEqual({ part: {}, problems: [] });
  expect(logged).toEqual([]);
});

test('it is read when it comes, changes and goes, without a restart, and not each time', async () => {
  await file.read();
  await writeFile(path, '{"dryRun": true}');
  expect((await file.read()).part).toEqual({ dryRun: true });
  await file.read();
  expect(logged).toEqual(['the idle policy was read']);
  await writeFile(path, '{"kernel": {"softSeconds": 60}}');
  expect((await file.read()).part).toEqual({ kernel: { softSeconds: 60 } });
  await rm(path);
  expect(await file.read()).toEqual({ part: {}, problems: [] });
});

test('all that is wrong is said at once, with the file and what would be right, and none of it counts', async () => {
  await writeFile(path, '{"kernel": {"hardSeconds": -1}, "warnSecond": 5, "dryRun": "yes"}');
  const { part, problems } = await file.read();
  expect(part).toEqual({});
  const all = problems.join('\n');
  for (const word of [path, 'kernel.hardSeconds', 'warnSecond', 'warnSeconds', 'dryRun']) expect(all).toContain(word);
  expect(logged).toEqual(['the idle policy has problems; nothing is stopped']);
  await file.read();
  expect(logged).toHaveLength(1);
  await writeFile(path, '{}');
  expect(await file.read()).toEqual({ part: {}, problems: [] });
});

test.each([
  ['cut short', '{"dryRun": tr', 'not valid JSON'],
  ['empty', '', 'not valid JSON'],
  ['the log of a year', ' '.repeat(70_000), '70000 bytes; at most 65536 fit'],
  ['a list', '[]', 'idle-policy.json']
])('a file that is %s is a problem', async (_, text, want) => {
  await writeFile(path, text);
  expect((await file.read()).problems).toEqual([expect.stringContaining(want)]);
});

test('a folder is a problem, and a pipe does not keep the gateway waiting for ever', async () => {
  await mkdir(path);
  expect((await file.read()).problems).toEqual([expect.stringContaining('it is no file')]);
  await rm(path, { recursive: true });
  execFileSync('mkfifo', [path]);
  expect((await file.read()).problems).toEqual([expect.stringContaining('it is no file')]);
});
