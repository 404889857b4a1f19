import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { RunSubmission, RunView } from '../../contract/index.js';
import { ConformanceClient, END_MS } from '../conformance-client.testkit.js';
import { until } from '../until.testkit.js';
import { makeLocalHarness } from './local-harness.testkit.js';
import type { LocalHarness } from './local-harness.testkit.js';

jest.setTimeout(60_000);

/** Counts how often it was started, and its lines until it may go. */
const COUNTING_SCRIPT = `
import os, time
with open(os.environ['STARTS'], 'a') as file:
    file.write('started\\n')
number = 0
while not os.path.exists(os.environ['GO']):
    print(number, flush=True)
    number += 1
    time.sleep(0.005)
print('done')
`;

let harness: LocalHarness;
let client: ConformanceClient;
const mounts: string[] = [];

beforeEach(async () => {
  harness = await makeLocalHarness();
  client = new ConformanceClient(harness);
});
afterEach(async () => {
  await client.endAll();
  await harness.platform.close();
  for (const mount of mounts.splice(0)) execFileSync('umount', [mount]);
  await harness.close();
});

function submit(notebook: string, more: Partial<RunSubmission> = {}): Promise<RunView> {
  const { rootFolder } = harness.actor;
  return client.submit(notebook, { variables: { GO: `${rootFolder}/go`, STARTS: `${rootFolder}/starts` }, ...more });
}

/** A run that has begun to wait for the file `go`. */
async function running(): Promise<RunView> {
  return (await client.running({ variables: { GO: `${harness.actor.rootFolder}/go` } })).run;
}

async function launcherOf(id: string): Promise<{ path: string; pid: number; identity: string }> {
  const path = join(harness.options.dataFolder, 'runs', id, 'attempts', '1', 'launcher.json');
  return { path, ...(JSON.parse(await readFile(path, 'utf8')) as { pid: number; identity: string }) };
}

test('of a launcher that is killed, nothing is left but the log, and the run says so', async () => {
  const { id } = await running();
  process.kill((await launcherOf(id)).pid, 'SIGKILL');
  const run = await client.phase(id, 'Lost');
  expect(run).toMatchObject({
    reason: { code: 'LauncherKilled' },
    attempts: [{ cause: 'LauncherKilled' }],
    actions: ['retry', 'delete']
  });
  expect(await harness.countProcesses(id)).toBe(0);
  expect(await client.lines(id)).toEqual(['waiting']);
});

test('what a restart of the machine cut is lost, with its log kept', async () => {
  const { id } = await running();
  await harness.platform.close();
  const { path, pid } = await launcherOf(id);
  process.kill(pid, 'SIGKILL');
  await until('its processes are gone', END_MS, async () => {
    execFileSync(harness.environments.interpreter, [harness.options.launcherFolder, 'reap', join(path, '..')]);
    return (await harness.countProcesses(id)) === 0 ? true : undefined;
  });
  await rm(join(path, '..', 'exit.json'));
  await writeFile(path, JSON.stringify({ pid, identity: 'linux:00000000-0000-0000-0000-000000000000:42' }));
  await harness.open();
  expect(await client.phase(id, 'Lost')).toMatchObject({ reason: { code: 'MachineRestarted' } });
  expect(await client.lines(id)).toEqual(['waiting']);
});

test('a stranger with the number of a dead launcher is left alone', async () => {
  const stranger = spawn('sleep', ['600']);
  try {
    const { id } = await running();
    await harness.platform.close();
    const { path, pid, identity } = await launcherOf(id);
    process.kill(pid, 'SIGKILL');
    await writeFile(path, JSON.stringify({ pid: stranger.pid, identity }));
    await harness.open();
    expect((await client.phase(id, 'Lost')).reason?.code).toBe('LauncherKilled');
    expect(await harness.countProcesses(id)).toBe(0);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

describe('a gateway that is killed', () => {
  let bundled: string;

  beforeEach(async () => {
    bundled = join(harness.options.dataFolder, '..', 'gateway-child.mjs');
    await build({
      entryPoints: [new URL('gateway-child.testkit.ts', import.meta.url).pathname],
      alias: { '@berth/operator/plan': new URL('../../../../operator/src/plan/index.ts', import.meta.url).pathname },
      outfile: bundled,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error'
    });
    await harness.platform.close();
    await harness.put('run.py', COUNTING_SCRIPT);
  });

  /** Starts it, waits for what it says, and kills it `afterMs` later; returns the last words. */
  async function killed(until: RegExp, afterMs: number): Promise<string> {
    const { dataFolder, launcherFolder, pythonPath } = harness.options;
    const child = spawn(process.execPath, [bundled, dataFolder, harness.actor.rootFolder, launcherFolder, pythonPath], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', piece => {
      said += String(piece);
      if (until.test(said)) timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    await once(child, 'close');
    return said.trim().split('\n').at(-1) ?? '';
  }

  test('does not disturb its run: the next one takes it up, it ends once, and its log has no gap', async () => {
    const id = await killed(/run-.....\n/, 400);
    await until('it counts', END_MS, async () => ((await harness.read('starts')) === undefined ? undefined : true));
    await harness.open();
    await client.phase(id, 'Running');
    await harness.put('go', '');
    const run = await client.phase(id, 'Succeeded');
    expect(run.attempts).toHaveLength(1);
    expect(await harness.read('starts')).toBe('started\n');
    const lines = await client.lines(id);
    expect(lines).toEqual([...lines.slice(0, -1).map((_, index) => String(index)), 'done']);
  });

  test.each([0, 15, 40, 90, 160])(
    '%d ms into a submission leaves a whole run that starts once, or none',
    async afterMs => {
      await killed(/submit\n/, afterMs);
      await harness.open();
      await harness.put('go', '');
      const runs = await harness.platform.runs(harness.actor);
      expect((await readdir(join(harness.options.dataFolder, 'runs'))).sort()).toEqual(runs.map(run => run.id).sort());
      const again = await submit('run.py', { submissionId: 'from-child' });
      expect(runs.length === 0 || runs[0]?.id === again.id).toBe(true);
      expect((await client.phase(again.id, 'Succeeded')).attempts).toHaveLength(1);
      expect(await harness.read('starts')).toBe('started\n');
    }
  );
});

test.each([
  ['is not there', '/nowhere/python', 'ENOENT'],
  ['is broken', '/bin/false', 'ended with code 1']
])('an interpreter that %s is a failed launch, not a run that waits for ever', async (_, interpreter, want) => {
  harness.environments.interpreter = interpreter;
  await harness.put('ok.py', '');
  const run = await client.phase((await submit('ok.py', { retry: { LaunchFailed: 0 } })).id, 'Failed');
  expect(run.reason).toMatchObject({ code: 'LaunchFailed', message: expect.stringContaining(want) as string });
});

test('a run makes its environment first, fails with it, and makes it anew when it is retried', async () => {
  const { environments } = harness;
  await harness.put('ok.py', '');
  environments.become({ state: 'absent' });
  environments.onCreate = { state: 'creating' };
  const { id } = await submit('ok.py');
  await until('it is made', END_MS, async () =>
    (await environments.get('default')).state === 'creating' ? true : undefined
  );
  expect(await client.phase(id, 'Starting')).toMatchObject({ reason: { code: 'CreatingEnvironment' }, attempts: [] });
  environments.become({ state: 'failed', message: 'no network' });
  const failed = await client.phase(id, 'Failed');
  expect(failed.reason).toEqual({
    code: 'EnvironmentFailed',
    message: 'The environment could not be made: no network'
  });
  expect(failed.endedAtMs).not.toBeNull();
  environments.onCreate = { state: 'ready', message: '' };
  await harness.platform.retry(harness.actor, id);
  await client.phase(id, 'Succeeded');
});

test('a run that is cancelled while it starts ends as cancelled, and starts nothing', async () => {
  await harness.put('run.py', COUNTING_SCRIPT);
  const { id } = await submit('run.py');
  await harness.platform.cancel(harness.actor, id);
  const run = await client.phase(id, 'Cancelled');
  expect(run.reason?.code).toBe('Cancelled');
  expect(await harness.countProcesses(id)).toBe(0);
});

const isRoot = process.getuid?.() === 0;
(isRoot ? describe : describe.skip)(
  `a disk that takes nothing${isRoot ? '' : ' (skipped: a mount of its own needs root)'}`,
  () => {
    let filler: string;

    beforeEach(async () => {
      await harness.platform.close();
      const { dataFolder } = harness.options;
      await rm(dataFolder, { recursive: true });
      await mkdir(dataFolder);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'berth-test', dataFolder]);
      mounts.push(dataFolder);
      filler = join(dataFolder, 'filler');
      await harness.open();
    });

    const fill = async (): Promise<void> => {
      await writeFile(filler, Buffer.alloc(4 * 1024 * 1024)).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      });
    };

    test('that is full refuses a submission and leaves nothing of it', async () => {
      await harness.put('ok.py', '');
      await fill();
      await expect(submit('ok.py')).rejects.toMatchObject({ code: 'storage-full' });
      expect(await harness.platform.runs(harness.actor)).toEqual([]);
      expect(await readdir(join(harness.options.dataFolder, 'runs'))).toEqual([]);
      await rm(filler);
      await client.phase((await submit('ok.py')).id, 'Succeeded');
    });

    test('that is full under a run loses nothing: its end is shown with the reason, and recorded when there is room', async () => {
      const { id } = await running();
      await fill();
      await harness.put('go', '');
      const run = await client.phase(id, 'Succeeded');
      expect(run.reason).toMatchObject({
        code: 'StorageFull',
        message: expect.stringContaining('could not be saved') as string
      });
      await rm(filler);
      await until('it is saved', END_MS, async () => {
        return (await harness.platform.run(harness.actor, id)).reason?.code === 'Completed' ? true : undefined;
      });
      await harness.reopen();
      expect(await harness.platform.run(harness.actor, id)).toMatchObject({
        phase: 'Succeeded',
        attempts: [{ cause: 'Completed' }]
      });
    });

    test('that is read-only gets no run', async () => {
      const folder = join(harness.actor.rootFolder, 'read-only');
      await mkdir(folder);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'berth-test', folder]);
      mounts.push(folder);
      await harness.put('read-only/ok.py', '');
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      await expect(submit('read-only/ok.py')).rejects.toThrow('cannot be written to (EROFS)');
    });

    test('that is full does not keep a run from being cancelled', async () => {
      const { id } = await running();
      await fill();
      await harness.platform.cancel(harness.actor, id);
      await client.phase(id, 'Cancelled');
      expect(await harness.countProcesses(id)).toBe(0);
      await rm(filler);
    });
  }
);
