/**
 * `npm run cluster -- up|down|status|kubectl|logs [--name N] [--profile api|node|queue] [--kwok N] [--json]`
 *
 * `kubectl` takes everything after `--`; `logs` takes the name of a process and prints what it wrote, or their names.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBinaries } from './binaries/build.ts';
import { down, kubectlOf, type Status, status, up } from './cluster.ts';
import { kubectlEnvironment } from './kubectl.ts';
import { installPrerequisites } from './prerequisites.ts';
import { clusterNames, folderOf } from './state.ts';
import { checkCount, checkName, checkProfile } from './spec.ts';

const USAGE = `npm run cluster -- up [--name N] [--profile api|node|queue] [--kwok N] [--install]
npm run cluster -- down [--name N | --all]
npm run cluster -- status [--name N] [--json]
npm run cluster -- kubectl [--name N] -- ARGUMENTS
npm run cluster -- logs [--name N] [PROCESS]

api: etcd and the control plane, no root needed. node: a node that runs pods, root needed.
queue: Kueue, JobSet, Trainer and KubeRay too. --install: first install missing Debian packages.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'dev' },
    profile: { type: 'string', default: 'queue' },
    kwok: { type: 'string' },
    json: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false }
  }
});
const [command, ...rest] = positionals;
const started = performance.now();
// Whatever is made on the way may say how far it is; what was asked for is alone on stdout.
console.log = console.error;

// Whoever read it has read enough (`… status | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function say(line: string): void {
  console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  up: async () => {
    const profile = checkProfile(values.profile);
    const name = checkName(values.name);
    if (values.install) await installPrerequisites(profile, say);
    const kwok = values.kwok === undefined ? {} : { kwok: checkCount(values.kwok) };
    print(await up({ name, profile, ...kwok }, say));
  },
  down: async () => {
    const names = values.all ? await clusterNames() : [checkName(values.name)];
    for (const name of names) await down(name, say);
  },
  status: async () => print(await status(checkName(values.name))),
  kubectl: async () => {
    const { program, kubeconfig } = kubectlOf(checkName(values.name), await ensureBinaries(say));
    const child = spawn(program, rest, { stdio: 'inherit', env: { ...kubectlEnvironment(), KUBECONFIG: kubeconfig } });
    process.exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', code => resolve(code ?? 255));
    });
  },
  logs: async () => {
    const folder = path.join(folderOf(checkName(values.name)), 'logs');
    const [of] = rest;
    const known = (await readdir(folder).catch(() => [])).map(file => path.basename(file, '.log'));
    if (of === undefined) return write(known.join('\n'));
    if (!known.includes(of)) throw new Error(`there is no log of '${of}'; there are: ${known.join(', ')}`);
    process.stdout.write(await readFile(path.join(folder, `${of}.log`)));
  }
};

function print(state: Status): void {
  if (values.json) return write(JSON.stringify(state, null, 2));
  const { name, phase, profile, kwok, server, kubeconfig, processes } = state;
  write(`cluster ${name}: ${phase}${profile === undefined ? '' : `, profile ${profile}, ${kwok} simulated nodes`}`);
  if (server === undefined) return;
  write(`API server ${server}\nKUBECONFIG=${kubeconfig}`);
  for (const each of processes) {
    write(`  ${each.name.padEnd(20)} ${each.running ? `${String(each.rssMib).padStart(5)} MiB` : 'does not run'}`);
  }
}

try {
  const run = COMMANDS[command ?? ''];
  if (run === undefined) throw new Error(`'${command ?? ''}' is no command\n${USAGE}`);
  await run();
} catch (error) {
  console.error(`cluster: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
