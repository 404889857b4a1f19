import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimAttempt, stopAttempt } from './launcher.js';
import { observeAttempt } from './observe-attempt.js';

const NOW_MS = Date.now();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-attempt-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const claim = (host?: string): Promise<void> =>
  writeFile(
    join(folder, 'launcher.json'),
    JSON.stringify({ pid: 1, identity: 'linux:another-boot:1', ...(host === undefined ? {} : { host }) })
  );

describe('of two machines that share a home', () => {
  test('one calls the runs of the other dead', async () => {
    await claim('elsewhere.example');
    expect(await observeAttempt(folder, NOW_MS)).toEqual({ state: 'running', host: 'elsewhere.example' });
  });

  test.each([undefined, hostname()])('one does not see that it has restarted itself (host %s)', async host => {
    await claim(host);
    expect(await observeAttempt(folder, NOW_MS)).toMatchObject({ state: 'machine-restarted' });
  });

  test('a run of a machine that is gone can never be ended, however long ago it was cancelled', async () => {
    await claim('elsewhere.example');
    await stopAttempt(folder, 'cancel', NOW_MS);
    expect(await observeAttempt(folder, NOW_MS)).toMatchObject({ state: 'running' });
    const longAgo = new Date(NOW_MS - 3_600_000);
    await utimes(join(folder, 'stop.json'), longAgo, longAgo);
    await stopAttempt(folder, 'cancel', NOW_MS); // asking again does not begin the wait anew
    expect(await observeAttempt(folder, NOW_MS)).toMatchObject({ state: 'machine-restarted' });
  });
});

test.each([{ stopped: 'cancel' as const }, { launchError: 'no interpreter' }])(
  'a gateway that is killed after it has ended an attempt leaves a launcher that was killed: %j',
  async how => {
    const report = { endedAtMs: NOW_MS, oomKilled: false, launcherKilled: false, ranks: [], ...how };
    expect(await claimAttempt(folder, report)).toBe(true);
    expect(await observeAttempt(folder, NOW_MS)).toEqual({ state: 'exited', exit: report });
    expect(await claimAttempt(folder, report)).toBe(false);
  }
);
