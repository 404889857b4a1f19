/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { INSPECTION } from './inspection-code.js';
import { factsOf } from './kernel-facts.js';

const PYTHON = process.env['BERTH_TEST_PYTHON'] ?? 'python3';
let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-inspection-'));
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** The answer of a real interpreter with these folders of packages, as a kernel would send it. */
function inspect(folders: readonly string[], env: Record<string, string> = {}): ReturnType<typeof factsOf> {
  const program = `import sys\nsys.path.extend(${JSON.stringify(folders)})\nbefore = set(globals()) | {"before"}\nvalue = ${INSPECTION}\nassert set(globals()) - before == {"value"}\nprint(repr(value))`;
  const text = execFileSync(PYTHON, ['-I', '-c', program], {
    cwd: scratch,
    env: { ...process.env, ...env },
    encoding: 'utf8'
  });
  return factsOf({ status: 'ok', user_expressions: { berth: { status: 'ok', data: { 'text/plain': text.trim() } } } });
}

function folder(name: string, ...entries: readonly string[]): string {
  const made = path.join(scratch, name);
  for (const entry of entries) mkdirSync(path.join(made, entry), { recursive: true });
  return made;
}

test('packages are found by the names of their folders; the first on the path counts, the kernel layer does not', () => {
  const site = folder('site', 'Some_Thing-4.1.0.dist-info', 'my_egg-2.0-py3.11.egg-info', 'plain');
  const late = folder('late', 'some_thing-9.9.dist-info');
  const layer = folder('berth-kernel', 'ipykernel-7.4.0.dist-info.x', 'only_in_layer-1.0.dist-info');
  const facts = inspect([site, late, layer]);
  expect(facts?.packages).toMatchObject({ 'some-thing': '4.1.0', 'my-egg': '2.0' });
  expect(facts?.packages).not.toHaveProperty('only-in-layer');
  expect(facts?.python).toMatch(/^3\.\d+\.\d+/);
  expect(facts?.platform).toMatch(/^(linux|darwin)-/);
});

test('what did not come from an index is named, a project in the notebook’s folder is not installed', () => {
  const site = folder('site', 'local_thing-0.1.dist-info', 'index_thing-1.0.dist-info');
  writeFileSync(path.join(site, 'local_thing-0.1.dist-info/direct_url.json'), '{}');
  folder('.', 'project.egg-info');
  const facts = inspect([site, scratch, '']);
  expect(facts?.local).toEqual(['local-thing']);
  expect(facts?.packages).not.toHaveProperty('project');
});

test('a kernel that Berth has started says in which environment it is', () => {
  const facts = inspect([], { BERTH_ENVIRONMENT: 'work', BERTH_LOCK_HASH: 'a'.repeat(64) });
  expect(facts).toMatchObject({ environment: 'work', lockHash: 'a'.repeat(64) });
  expect(inspect([], { BERTH_ENVIRONMENT: '../x', BERTH_LOCK_HASH: 'x' })).toMatchObject({
    environment: null,
    lockHash: null
  });
});
