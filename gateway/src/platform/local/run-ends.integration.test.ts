/** After the end of a run: what it wrote, trying it again, deleting it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConformanceClient, submissionOf } from '../conformance-client.testkit.js';
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

test('an output whose place is taken is deleted, and the run says that all is well', async () => {
  await harness.put(
    'run.py',
    `
import os, pathlib, sys
if os.environ['BERTH_ATTEMPT'] == '1':
    pathlib.Path('model').write_text('old')
    sys.exit(3)
os.mkdir('model')
pathlib.Path('model/weights').write_text('precious')
`
  );
  const { id } = await client.phase((await client.submit('run.py')).id, 'Failed');
  await harness.platform.retry(harness.actor, id);
  const run = await client.phase(id, 'Succeeded');
  const work = join(harness.options.dataFolder, 'runs', id, 'attempts', '2', 'work');
  expect(run.attempts[1]?.message).toContain(`(model/weights); they stay in ${work}`);
  await harness.reopen();
  expect(await readFile(join(work, 'model', 'weights'), 'utf8')).toBe('precious');
});

test('two retries at nearly the same time train twice', async () => {
  const go = join(harness.actor.rootFolder, 'go');
  await harness.put(
    'run.py',
    `
import os, sys, time
if os.environ['BERTH_ATTEMPT'] == '1':
    sys.exit(3)
while not os.path.exists(${JSON.stringify(go)}):
    time.sleep(0.01)
sys.exit(3)
`
  );
  const { id } = await client.phase((await client.submit('run.py')).id, 'Failed');
  const { environments, platform, actor } = harness;
  let open = (): void => undefined;
  const gate = new Promise<void>(resolve => (open = resolve));
  const get = environments.get.bind(environments);
  environments.get = async name => {
    environments.get = get;
    await gate;
    return get(name);
  };
  const held = platform.retry(actor, id);
  await platform.retry(actor, id);
  open();
  await expect(held).rejects.toMatchObject({ code: 'conflict' });
  await harness.put('go', '');
  expect((await client.phase(id, 'Failed')).attempts).toHaveLength(2);
});

test('a run that is deleted twice at once is told of twice', async () => {
  await harness.put('ok.py', '');
  const { id } = await client.phase((await client.submit('ok.py')).id, 'Succeeded');
  const { platform, actor } = harness;
  const ends = await Promise.allSettled([platform.delete(actor, id), platform.delete(actor, id)]);
  expect(ends.map(end => end.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(client.changes.filter(change => change.type === 'run-deleted')).toHaveLength(1);
});

test('a run that cannot be deleted is gone from the list all the same', async () => {
  await harness.put('ok.py', '');
  const { id } = await client.phase((await client.submit('ok.py')).id, 'Succeeded');
  const inTheWay = join(harness.options.dataFolder, 'runs', `.gone-${id}`);
  await mkdir(inTheWay);
  await writeFile(join(inTheWay, 'x'), '');
  await expect(harness.platform.delete(harness.actor, id)).rejects.toThrow();
  expect((await client.run(id)).phase).toBe('Succeeded');
  expect(client.changes.filter(change => change.type === 'run-deleted')).toEqual([]);
});

test('a verdict is worked out to its end although nobody waits for it', async () => {
  await harness.put('ok.py', '');
  const verdict = harness.platform.verdict(harness.actor, submissionOf('ok.py'), AbortSignal.abort());
  await expect(verdict).rejects.toMatchObject({ name: 'AbortError' });
});
