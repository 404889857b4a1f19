/**
 * What a newcomer meets: a clean clone, an empty HOME, no caches. Measures how long `npm start` takes until JupyterLab
 * answers, again when nothing has changed, and how much has come over the network by then.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, ROOT } from './command.ts';
import { freePort } from './free-port.ts';
import { withScratch } from './jupyter-lab.ts';
import { waitUntil } from './wait-until.ts';

export function proof(): Promise<string> {
  return withScratch(async scratch => {
    const clone = path.join(scratch, 'berth');
    const home = path.join(scratch, 'home');
    await mkdir(home);
    await mustRun('git', ['clone', '--quiet', ROOT, clone]);
    await copyRegistrySettings(home);
    const first = await startAndStop(clone, home);
    const again = await startAndStop(clone, home);
    return [
      '| what | measured |',
      '|---|---|',
      `| \`npm start\` from nothing until JupyterLab answers | ${first.seconds.toFixed(0)} s |`,
      `| received over the network by then | ${first.mib === undefined ? 'unknown' : `${first.mib.toFixed(0)} MiB`} |`,
      `| \`npm start\` again | ${again.seconds.toFixed(1)} s |`
    ].join('\n');
  });
}

/** A fresh HOME, but with this machine's way to its registries (a mirror is set there), or nothing could be installed. */
async function copyRegistrySettings(home: string): Promise<void> {
  for (const name of ['.npmrc', '.config/pip/pip.conf']) {
    const source = path.join(process.env['HOME'] ?? '/', name);
    await mkdir(path.dirname(path.join(home, name)), { recursive: true });
    await cp(source, path.join(home, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** What a newcomer's shell has: nothing of this checkout's tools, and a HOME without caches or Jupyter's folders. */
function newcomerEnvironment(home: string): NodeJS.ProcessEnv {
  const ours = /^(XDG_|JUPYTER|VIRTUAL_ENV|NX_|UV_|BERTH_|npm_|INIT_CWD|NODE$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(kept), PATH: process.env['BERTH_OUTER_PATH'], HOME: home };
}

async function startAndStop(clone: string, home: string): Promise<{ seconds: number; mib: number | undefined }> {
  const received = await receivedBytes();
  const start = performance.now();
  const arguments_ = ['start', '--', '--no-browser', `--port=${await freePort()}`];
  const child = spawn('npm', arguments_, {
    cwd: clone,
    env: newcomerEnvironment(home),
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise(resolve => child.once('close', resolve));
  try {
    await waitUntil('JupyterLab prints its address', 15 * 60_000, () => {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${output}`);
      return /http:\/\/127\.0\.0\.1:\d+\/lab\S*token=/.test(output);
    });
    const seconds = (performance.now() - start) / 1000;
    const now = await receivedBytes();
    return { seconds, mib: received === undefined || now === undefined ? undefined : (now - received) / 2 ** 20 };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Bytes received by all interfaces but loopback; undefined where the kernel does not tell. */
async function receivedBytes(): Promise<number | undefined> {
  const table = await readFile('/proc/net/dev', 'utf8').catch(() => undefined);
  return table
    ?.split('\n')
    .map(line => /^\s*(\S+):\s*(\d+)/.exec(line))
    .reduce((sum, match) => sum + (match === null || match[1] === 'lo' ? 0 : Number(match[2])), 0);
}
