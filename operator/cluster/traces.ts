/** What a cluster could leave behind on this machine, looked at from outside. For tests and proofs of `down`. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { quietly } from './images/quietly.ts';

/** Folders that programs of a node write to by themselves. */
const FOLDERS = [
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/var/lib/containerd',
  '/var/lib/berth-volumes',
  '/run/containerd'
];
const PROGRAMS = /kube|etcd|containerd|coredns|kwok|fake-gpus|machine\.sh|network-policy|nsenter/;

export type Traces = Readonly<Record<string, readonly string[]>>;

/** Sorted lines by kind: equal before and after means that nothing was left. */
export async function traces(): Promise<Traces> {
  const lines = async (program: string, ...args: string[]) =>
    (await quietly(program, args)).split('\n').filter(Boolean).sort();
  return {
    mounts: (await readFile('/proc/mounts', 'utf8')).split('\n').sort(),
    // Counters and lifetimes change by themselves.
    links: (await lines('ip', '-oneline', 'link')).map(line => line.split(':')[1] ?? ''),
    routes: await lines('ip', '-4', 'route'),
    namespaces: existsSync('/run/netns') ? (await readdir('/run/netns')).sort() : [],
    rules: await lines('nft', 'list', 'tables'),
    cgroups: await lines('find', '/sys/fs/cgroup', '-maxdepth', '3', '-name', 'berth*', '-type', 'd'),
    folders: FOLDERS.filter(existsSync),
    processes: await programs()
  };
}

async function programs(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && name !== String(process.pid));
  const commands = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  const programs = commands.map(command => command.split('\0').slice(0, 3).join(' '));
  return programs.filter(program => PROGRAMS.test(program)).sort();
}

/** Lines that are in the one and not in the other, by kind; none where nothing was left or lost. */
export function difference(before: Traces, after: Traces): string[] {
  return Object.keys(before).flatMap(kind => {
    const [had, has] = [before[kind] ?? [], after[kind] ?? []];
    const left = has.filter(line => !had.includes(line)).map(line => `${kind}: left ${line}`);
    return [...left, ...had.filter(line => !has.includes(line)).map(line => `${kind}: lost ${line}`)];
  });
}
