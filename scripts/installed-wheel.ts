/** What people get: a wheel, installed into an environment of its own on a machine without Node. For tests. */
import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, ROOT, TOOL_PYTHON } from './command.ts';

/** What a Node that is there by chance would be called. */
const NODE_PROGRAMS = new Set(['node', 'nodejs', 'npm', 'npx', 'corepack']);
const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'];

export interface InstalledWheel {
  /** The interpreter of the environment. */
  readonly python: string;
  /** Variables to start it with: a PATH on which only this environment and the system without Node are. */
  readonly env: Record<string, string>;
}

/** Builds the wheel of that name and installs it with what it asks for, at the versions that the repository is tested with. */
export async function installWheel(name: string, folder: string): Promise<InstalledWheel> {
  const wheel = (await mustRun('node', ['scripts/wheel.ts', name], { capture: true })).trim().split('\n').at(-1) ?? '';
  const environment = path.join(folder, 'installed');
  const python = path.join(environment, 'bin', 'python');
  const uv = path.join(path.dirname(TOOL_PYTHON), 'uv');
  await mustRun(uv, ['venv', '--quiet', '--no-project', '--python', await basePython(), environment]);
  const tested = path.join(ROOT, 'scripts', 'requirements', 'tools.txt');
  await mustRun(uv, ['pip', 'install', '--quiet', '--python', python, '--constraints', tested, path.join(ROOT, wheel)]);
  const programs = await systemWithoutNode(path.join(folder, 'programs'));
  return { python, env: { PATH: [path.dirname(python), programs].join(path.delimiter), VIRTUAL_ENV: environment } };
}

/** The interpreter under the private environment: its own packages must not be seen. */
async function basePython(): Promise<string> {
  return (await mustRun(TOOL_PYTHON, ['-c', 'import sys; print(sys._base_executable)'], { capture: true })).trim();
}

/** A folder of links to every program of the system but Node's. */
async function systemWithoutNode(folder: string): Promise<string> {
  await mkdir(folder);
  const seen = new Set(NODE_PROGRAMS);
  for (const source of SYSTEM_FOLDERS) {
    for (const name of await readdir(source).catch(() => [])) {
      if (seen.has(name)) continue;
      seen.add(name);
      await symlink(path.join(source, name), path.join(folder, name));
    }
  }
  return folder;
}
