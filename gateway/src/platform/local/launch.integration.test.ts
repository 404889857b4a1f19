/** Starts that take longer than a plan is patient: the clock jumps while the environment is prepared. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ConformanceClient, END_MS } from '../conformance-client.testkit.js';
import { until } from '../until.testkit.js';
import { makeLocalHarness } from './local-harness.testkit.js';
import type { LocalHarness } from './local-harness.testkit.js';

jest.setTimeout(60_000);

let harness: LocalHarness;
let client: ConformanceClient;
let lateMs: number;
let starts: string;

beforeEach(async () => {
  lateMs = 0;
  harness = await makeLocalHarness({ clock: () => new Date(Date.now() + lateMs) });
  client = new ConformanceClient(harness);
  starts = join(harness.actor.rootFolder, 'starts');
  await harness.put('ok.py', '');
});
afterEach(async () => {
  await client.endAll();
  await harness.close();
});

/** From now on launchers are started by this shell script, 16 s after the attempt was recorded. */
async function startSlowlyBy(script: string): Promise<void> {
  const interpreter = join(harness.actor.rootFolder, 'interpreter');
  await writeFile(interpreter, `#!/bin/sh\n${script}\n`);
  await chmod(interpreter, 0o755);
  harness.environments.python = async () => {
    lateMs += 16_000;
    return interpreter;
  };
}

/** The attempts' folders that launchers were started for. */
const started = async (): Promise<string[]> => (await readFile(starts, 'utf8')).trim().split('\n');

test('a launcher that does not work is started again and again', async () => {
  await startSlowlyBy(`echo "$3" >> '${starts}'; exit 1`);
  const { id } = await client.submit('ok.py', { retry: { LaunchFailed: 0 } });
  const run = await client.phase(id, 'Failed');
  expect(run.reason).toMatchObject({
    code: 'LaunchFailed',
    message: expect.stringContaining('ended with code 1') as string
  });
  expect(await started()).toHaveLength(1);
});

test('a launcher that needs its time gets company', async () => {
  const go = join(harness.actor.rootFolder, 'go');
  const wait = `if [ "$2" = run ]; then echo "$3" >> '${starts}'; while [ ! -e '${go}' ]; do sleep 0.01; done; fi`;
  await startSlowlyBy(`${wait}; exec '${harness.environments.interpreter}' "$@"`);
  const { id } = await client.submit('ok.py');
  await until('it is started', END_MS, async () => ((await harness.read('starts')) === undefined ? undefined : true));
  const others = [];
  for (let looks = 0; looks < 5; looks += 1) others.push(await client.submit('ok.py')); // each submission is a look
  await harness.put('go', '');
  for (const run of [{ id }, ...others]) await client.phase(run.id, 'Succeeded');
  expect(await started()).toEqual([...new Set(await started())]);
});

test('a launcher says on which machine it runs', async () => {
  const { run } = await client.running();
  const path = join(harness.options.dataFolder, 'runs', run.id, 'attempts', '1', 'launcher.json');
  const launcher = JSON.parse(await readFile(path, 'utf8')) as { host: string };
  expect(launcher.host).toBe(hostname());
  await writeFile(path, JSON.stringify({ ...launcher, host: 'elsewhere.example' }));
  const message = await until('it is seen there', END_MS, async () => {
    return (await client.run(run.id)).attempts[0]?.message || undefined;
  });
  expect(message).toBe('It runs on the machine elsewhere.example.');
  await harness.platform.cancel(harness.actor, run.id); // by the file alone
  await client.phase(run.id, 'Cancelled');
});
