import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { identityOf, isAlive, isFromAnotherBoot, signalProcess } from './process-identity.js';
import { launcherFolder } from './local-harness.testkit.js';

test('a process has one identity, the same that the launcher gives it, and none when it is gone', async () => {
  const child = spawn('sleep', ['600']);
  const pid = child.pid ?? 0;
  const identity = (await identityOf(pid)) ?? '';
  const code = `import sys; sys.path.insert(0, sys.argv[1]); from berth_launcher.tree import identity_of; print(identity_of(${pid}))`;
  expect(execFileSync('python3', ['-c', code, dirname(launcherFolder())], { encoding: 'utf8' }).trim()).toBe(identity);
  expect([await isAlive({ pid, identity }), await isAlive({ pid, identity: `${identity}0` })]).toEqual([true, false]);
  expect(await signalProcess({ pid, identity: `${identity}0` }, 'SIGKILL')).toBe(false);
  expect(await signalProcess({ pid, identity }, 'SIGKILL')).toBe(true);
  await once(child, 'exit');
  expect([await identityOf(pid), await isAlive({ pid, identity })]).toEqual([undefined, false]);
});

test('another boot is told from this one', async () => {
  const identity = (await identityOf(process.pid)) ?? '';
  expect(await isFromAnotherBoot({ pid: 1, identity })).toBe(false);
  expect(await isFromAnotherBoot({ pid: 1, identity: 'linux:other:1' })).toBe(process.platform === 'linux');
});
