/** What a cluster could leave behind on this machine, looked at from outside. For tests and proofs of `down`. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { quietly } from './quietly.ts';
import { folderOf } from './state.ts';

/** Folders that programs of a node write to by themselves. */
const FOLDERS = [
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/var/lib/containerd',
  '/var/lib/berth-volumes',
  '/run/containerd'
];

export type Traces = Readonly<Record<string, readonly string[]>>;

/** Sorted lines by kind. `name` and `block`: of the cluster whose processes are looked for; others come and go. */
export async function traces(name: string, block: number): Promise<Traces> {
  const lines = async (program: string, ...args: string[]) =>
    (await quietly(program, args)).split('\n').filter(Boolean);
  return {
    mounts: (await readFile('/proc/mounts', 'utf8')).split('\n'),
    links: (await lines('ip', '-oneline', 'link')).map(line => line.split(':')[1]?.trim() ?? ''),
    routes: await lines('ip', '-4', 'route'),
    namespaces: existsSync('/run/netns') ? await readdir('/run/netns') : [],
    rules: await lines('nft', 'list', 'tables'),
    cgroups: await lines('find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', `berth-${block}`),
    folders: FOLDERS.filter(folder => existsSync(folder)),
    processes: await processes(folderOf(name), `berth-${block}`)
  };
}

/** Those whose arguments name the cluster's folder, or whose cgroup is one of its pods'. */
async function processes(folder: string, cgroup: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(entry => /^\d+$/.test(entry) && entry !== String(process.pid));
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const known = await Promise.all(
    pids.map(async pid => {
      const [command, cgroups] = [await read(pid, 'cmdline'), await read(pid, 'cgroup')];
      return command.includes(folder) || cgroups.includes(`/${cgroup}/`) ? [command.replaceAll('\0', ' ')] : [];
    })
  );
  return known.flat();
}

/** Lines that are there after and were not before, by kind; none where nothing was left. */
export function leftBehind(before: Traces, after: Traces): string[] {
  return Object.entries(after).flatMap(([kind, has]) =>
    has.filter(line => before[kind]?.includes(line) !== true).map(line => `${kind}: ${line}`)
  );
}
