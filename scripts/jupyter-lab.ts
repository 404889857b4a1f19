/** Starts the private JupyterLab on a free port with folders of its own, and a Chromium beside it. For tests and benches. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { TOOL_PYTHON } from './command.ts';
import { freePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

/** What keeps Chromium from calling home and lets it run as root in a container. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

export interface LabOptions {
  /** Root folder of the file browser. */
  readonly rootFolder: string;
  /** A HOME-like folder that several Labs may share: one person's data, config and runtime folders are made in it. */
  readonly home: string;
  /** More arguments of `jupyter lab`. */
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** The interpreter that has JupyterLab; default: the private one. */
  readonly python?: string;
}

export interface Lab {
  readonly url: string;
  readonly token: string;
  readonly process: ChildProcess;
  /** Everything that Lab has printed so far. */
  readonly output: () => string;
  /** SIGTERM, then waits for its end. */
  stop(): Promise<void>;
}

/** Starts `jupyter lab` and resolves when it answers; rejects with its output when it ends before. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const child = spawn(options.python ?? TOOL_PYTHON, ['-m', 'jupyterlab', ...labArguments(options, port)], {
    cwd: options.rootFolder,
    env: { ...process.env, ...(await homeEnvironment(options.home)), JUPYTER_TOKEN: token, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(`${url} answers`, 60_000, async () => {
    if (child.exitCode !== null) throw new Error(`JupyterLab ended with ${child.exitCode}:\n${output}`);
    return (await fetch(`${url}/api/status?token=${token}`).catch(() => undefined))?.ok === true;
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, token, process: child, output: () => output, stop };
}

function labArguments(options: LabOptions, port: number): string[] {
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  return [
    '--no-browser',
    '--ip=127.0.0.1',
    `--port=${port}`,
    '--port-retries=0',
    `--ServerApp.root_dir=${options.rootFolder}`,
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    '--expose-app-in-browser',
    ...asRoot,
    ...(options.args ?? [])
  ];
}

async function homeEnvironment(home: string): Promise<Record<string, string>> {
  const folders = {
    JUPYTER_DATA_DIR: path.join(home, 'data'),
    JUPYTER_CONFIG_DIR: path.join(home, 'config'),
    JUPYTER_RUNTIME_DIR: path.join(home, 'runtime')
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    ...folders,
    JUPYTERLAB_WORKSPACES_DIR: path.join(home, 'workspaces'),
    // A machine that forbids bytecode would have our Python compiled at each start, and nobody else's.
    PYTHONDONTWRITEBYTECODE: '',
    IPYTHONDIR: path.join(home, 'ipython')
  };
}

/** Runs `use` with a fresh folder that is removed at the end. */
export async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A Chromium with a fresh profile; headless unless a person is to look at it. */
export function launchChromium(executablePath: string, headless = true): Promise<Browser> {
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS, headless });
}

/** The connection file of the gateway of the person whose home this is; undefined while there is none. */
export async function gatewayConnection(
  home: string
): Promise<{ pid: number; socket: string; token: string } | undefined> {
  const text = await readFile(path.join(home, 'data', 'berth', 'gateway.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { pid: number; socket: string; token: string });
}
