/** Budgets whose process ends in the middle, whose solves nobody wants any more or not for so long: the answer is a plan within every cap, or none. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { campaignBudget, createBudget, makeBudget, readPlan, solveBudget, solvedIn } from './testing/budget-client.js';
import type { RuntimeClient } from './testing/runtime-client.js';
import { isAlive, RuntimeProcess, until, untilBusy } from './testing/runtime-process.js';

/** So many people, and a gap that cannot be reached, make a solve of seconds. */
const GIVEN = campaignBudget(150_000, 7, { isDense: true });
const ENDLESS = { gap: 0, maxPasses: 100_000 };

const started: RuntimeProcess[] = [];
async function start(environment: NodeJS.ProcessEnv = {}): Promise<{ runtime: RuntimeProcess; client: RuntimeClient }> {
  const runtime = await RuntimeProcess.start(undefined, environment);
  started.push(runtime);
  return { runtime, client: await runtime.connect() };
}
afterEach(async () => {
  for (const runtime of started.splice(0)) await runtime.end();
});

async function onlyChild(runtime: RuntimeProcess): Promise<number> {
  const [child, ...others] = await runtime.children();
  expect(others).toEqual([]);
  return child ?? NaN;
}

const PLACES = [
  ['in memory', {}],
  ['on the disk', { BERTH_RECSYS_BUDGET_RESIDENT_MIB: '0' }]
] as const;

describe.each(PLACES)('a budget’s process, its tiles %s,', (place, environment) => {
  test('that is killed in a solve ends that call, and the next one finds the same plan', async () => {
    const { runtime, client } = await start(environment);
    const budget = await makeBudget(client, GIVEN);
    const before = await solveBudget(client, budget, { gap: 0.01 });
    const child = await onlyChild(runtime);
    const { answer } = client.begin('budget.solve', { budget, ...ENDLESS });
    await untilBusy(child);
    process.kill(child, 'SIGKILL');
    await expect(answer).rejects.toMatchObject({ code: 'runtime-crashed', message: expect.stringMatching(/SIGKILL/) });
    const after = await solveBudget(client, budget, { gap: 0.01 });
    expect({ ...after, answer: 0 }).toEqual({ ...before, answer: 0 });
    expect(await onlyChild(runtime)).not.toBe(child);
  });

  test('that is killed while it lays the tiles can be told to lay them again', async () => {
    const { runtime, client } = await start(environment);
    const { budget } = await createBudget(client, GIVEN);
    const child = await onlyChild(runtime);
    process.kill(child, 'SIGSTOP');
    const { answer } = client.begin('budget.seal', { budget });
    process.kill(child, 'SIGKILL');
    await expect(answer).rejects.toMatchObject({ code: 'runtime-crashed' });
    await client.call('budget.seal', { budget });
    expect(readPlan(GIVEN, (await solveBudget(client, budget, { gap: 0.01 })).send).broken).toEqual([]);
  });

  test('that is told to leave off laying tiles can lay them later', async () => {
    const { runtime, client } = await start(environment);
    const { budget } = await createBudget(client, GIVEN);
    const child = await onlyChild(runtime);
    process.kill(child, 'SIGSTOP');
    const { id, answer } = client.begin('budget.seal', { budget });
    client.cancel(id);
    await client.call('hello', { version: 1 }); // by then the word has been handed on
    process.kill(child, 'SIGCONT');
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await client.call('budget.seal', { budget });
    expect((await solveBudget(client, budget, { gap: 0.01 })).status).toBe('certified');
  });

  test('that is started again does not take what was written after the tiles were laid', async () => {
    // Symptom: a plan that is over the caps it was given, or of values that nobody has checked.
    const { runtime, client } = await start(environment);
    const { budget, files } = await createBudget(client, GIVEN);
    await client.call('budget.seal', { budget });
    const before = await solveBudget(client, budget, { gap: 0.01 });
    const names = place === 'in memory' ? ['cap', 'value'] : ['cap'];
    for (const name of names) {
      const path = files[name] ?? '';
      const [wrote, written] = [await readFile(path), await readFile(path)];
      written.writeUInt8((written[0] ?? 0) ^ 1, 0);
      await writeFile(path, written, { flag: 'r+' });
      expect((await solveBudget(client, budget, { gap: 0.01 })).send).toEqual(before.send);
      process.kill(await onlyChild(runtime), 'SIGKILL');
      await until('it has ended', async () => (await runtime.children()).length === 0);
      await expect(solveBudget(client, budget)).rejects.toMatchObject({ code: 'conflict', message: /changed/ });
      await writeFile(path, wrote, { flag: 'r+' });
      expect((await solveBudget(client, budget, { gap: 0.01 })).send).toEqual(before.send);
    }
  });

  test('keeps what it would be started again from, and nothing else', async () => {
    const { runtime, client } = await start(environment);
    await makeBudget(client, GIVEN);
    const [folder = ''] = await runtime.dataFolders();
    const files = await readdir(folder);
    expect(files.includes('value')).toBe(place === 'in memory');
    expect(files.some(file => file.endsWith('.tiles'))).toBe(place === 'on the disk');
  });
});

describe('a solve', () => {
  test('that is cancelled, or waits and is cancelled, ends soon, and the budget can be solved again', async () => {
    const { runtime, client } = await start();
    const budget = await makeBudget(client, GIVEN);
    const child = await onlyChild(runtime);
    const [running, waiting] = [1, 2].map(() => client.begin('budget.solve', { budget, ...ENDLESS }));
    await untilBusy(child);
    client.cancel(waiting?.id ?? NaN);
    client.cancel(running?.id ?? NaN);
    await expect(running?.answer).rejects.toMatchObject({ code: 'cancelled' });
    await expect(waiting?.answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(await onlyChild(runtime)).toBe(child);
    expect((await solveBudget(client, budget, { gap: 0.01 })).status).toBe('certified');
  });

  test('can be cancelled whenever it says how far it is', async () => {
    // Symptom: a pass or a certificate in which nobody listens.
    const { client } = await start();
    const budget = await makeBudget(client, GIVEN);
    for (let frames = 1; frames <= 4; frames += 1) {
      client.progress.length = 0;
      const { id, answer } = client.begin('budget.solve', { budget, ...ENDLESS });
      await until('it has said so', () => client.progress.length >= frames);
      expect(client.progress.at(-1)).toMatchObject({
        id,
        progress: { done: expect.any(Number), total: ENDLESS.maxPasses, what: expect.stringMatching(/people/) }
      });
      client.cancel(id);
      await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    }
  });

  test('that is stopped answers with the best plan by then', async () => {
    const { runtime, client } = await start();
    const budget = await makeBudget(client, GIVEN);
    const { id, answer } = client.begin('budget.solve', { budget, ...ENDLESS });
    await untilBusy(await onlyChild(runtime));
    client.stop(id);
    const solved = solvedIn(await answer);
    expect(solved).toMatchObject({ status: 'partial', reason: 'stopped' });
    expect(readPlan(GIVEN, solved.send).broken).toEqual([]);
    client.stop(id);
    client.stop(999);
  });

  test('whose time is up at once answers with a plan all the same', async () => {
    const { client } = await start();
    const budget = await makeBudget(client, GIVEN);
    for (const bestByMs of [0, 50]) {
      const solved = await solveBudget(client, budget, { ...ENDLESS, bestByMs });
      expect(solved).toMatchObject({ status: 'partial', reason: 'deadline' });
      const { broken, value } = readPlan(GIVEN, solved.send);
      expect(broken).toEqual([]);
      expect(value).toBeGreaterThan(0);
      expect(solved.bound).toBeGreaterThanOrEqual(value);
    }
  });

  test('has no answer after its deadline', async () => {
    const { client } = await start();
    const budget = await makeBudget(client, GIVEN);
    const call = solveBudget(client, budget, ENDLESS, {}, { deadlineMs: 30 });
    await expect(call).rejects.toMatchObject({ code: 'deadline-exceeded' });
    expect((await solveBudget(client, budget, { gap: 0.01 })).status).toBe('certified');
  });

  test('of so few passes that it cannot be good says so', async () => {
    const { client } = await start();
    const budget = await makeBudget(client, GIVEN);
    const solved = await solveBudget(client, budget, { gap: 0, maxPasses: 1 });
    expect(solved).toMatchObject({ status: 'partial', reason: 'passes' });
    expect(readPlan(GIVEN, solved.send).broken).toEqual([]);
  });
});

describe('a client that goes', () => {
  test('in a solve leaves neither a process nor files of its budget', async () => {
    const { runtime, client } = await start();
    const other = await runtime.connect();
    const budget = await makeBudget(client, GIVEN);
    const child = await onlyChild(runtime);
    const { answer } = client.begin('budget.solve', { budget, ...ENDLESS });
    await untilBusy(child);
    client.close();
    await expect(answer).rejects.toThrow(/connection has ended/);
    await until('its process has ended', () => !isAlive(child));
    await until('its files are gone', async () => (await runtime.dataFolders()).length === 0);
    await other.call('hello', { version: 1 });
  });
});
