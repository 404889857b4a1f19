import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunView } from '../../contract/index.js';
import { ConformanceClient, END_MS } from '../conformance-client.testkit.js';
import { until } from '../until.testkit.js';
import { makeLocalHarness } from './local-harness.testkit.js';
import type { LocalHarness } from './local-harness.testkit.js';

jest.setTimeout(60_000);

let harness: LocalHarness;
let client: ConformanceClient;

beforeEach(async () => {
  harness = await makeLocalHarness();
  client = new ConformanceClient(harness);
});
afterEach(async () => {
  await client.endAll();
  await harness.close();
});

const recordOf = (id: string): string => join(harness.options.dataFolder, 'runs', id, 'run.json');
const bundles = (): Promise<string[]> => readdir(join(harness.options.dataFolder, 'bundles', 'manifests'));

/** Makes all bundles old enough to be collected. */
async function ageBundles(): Promise<void> {
  const folder = join(harness.options.dataFolder, 'bundles', 'manifests');
  for (const name of await readdir(folder)) await utimes(join(folder, name), 1, 1);
}

/** Changes the record of a run while no gateway lives. */
async function rewrite(id: string, change: (text: string) => string): Promise<string> {
  await harness.platform.close();
  const before = await readFile(recordOf(id), 'utf8');
  await writeFile(recordOf(id), change(before));
  return before;
}

test.each([
  ['cut short', () => '{"version": 1, "id"'],
  ['of a version to come', (text: string) => text.replace('"version":1', '"version":2')],
  ['that of another run', (text: string) => text.replace(/"id":"[^"]+"/, '"id":"somebody-else"')]
])('a run whose record is %s disappears, trains on unseen, and loses its bundle', async (_, change) => {
  const { run, go } = await client.running();
  const { id } = run;
  const before = await rewrite(id, change);
  await ageBundles();
  await harness.open();
  const [shown] = (await harness.platform.runs(harness.actor)).map(each => RunView.parse(each));
  expect(shown).toMatchObject({
    id,
    phase: 'Lost',
    reason: { message: expect.stringContaining('Its record cannot be read: the file') as string },
    actions: ['delete']
  });
  expect(harness.logged.join('\n')).toContain(id);
  await expect(harness.platform.retry(harness.actor, id)).rejects.toMatchObject({ code: 'conflict' });
  await until('its processes are gone', END_MS, async () =>
    (await harness.countProcesses(id)) === 0 ? true : undefined
  );
  await harness.reopen();
  expect(await readFile(recordOf(id), 'utf8')).toBe(change(before));
  expect(await bundles()).toHaveLength(1);
  await rewrite(id, () => before);
  await harness.put(go, '');
  await harness.open();
  const back = await client.phase(id, 'Queued'); // to be retried from its checkpoint
  expect(back.attempts[0]).toMatchObject({ cause: 'Preempted' });
});

test('a run without a record can never be deleted', async () => {
  await harness.put('ok.py', '');
  const { id } = await client.phase((await client.submit('ok.py')).id, 'Succeeded');
  await rewrite(id, () => '');
  await ageBundles();
  await harness.open();
  await harness.platform.delete(harness.actor, id);
  expect(await harness.platform.runs(harness.actor)).toEqual([]);
  expect(await bundles()).toEqual([]);
});

test('a record that another version has written, with more in it, is refused', async () => {
  const { run, go } = await client.running();
  await rewrite(run.id, text => {
    const record = JSON.parse(text) as { request: object; bundle: object };
    return JSON.stringify({
      ...record,
      later: 1,
      request: { ...record.request, later: 1 },
      bundle: { ...record.bundle, later: 1 }
    });
  });
  await harness.open();
  RunView.parse(await client.phase(run.id, 'Running'));
  await harness.put(go, '');
  await client.phase(run.id, 'Succeeded');
});

test('other runs go on beside a damaged one', async () => {
  await harness.put('ok.py', '');
  const damaged = await client.phase((await client.submit('ok.py')).id, 'Succeeded');
  const { run, go } = await client.running();
  await rewrite(damaged.id, () => '{');
  await harness.open();
  await harness.put(go, '');
  await client.phase(run.id, 'Succeeded');
});
