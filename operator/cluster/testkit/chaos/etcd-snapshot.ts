/** What etcd had at one moment, and how a test cluster gets that back. */
import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { restart, running } from '../../cluster.ts';
import { quietly } from '../../quietly.ts';
import { isReady } from '../../ready.ts';
import { folderOf } from '../../state.ts';
import { untilNodesReport } from './outage.ts';

const LONGEST_START_MS = 120_000;
const CONTROLLERS = 'controller-manager';
/** All that keep what the API server has said. They are begun anew, as the documentation of etcd's restore demands; the operators are not. */
const WATCHERS = [CONTROLLERS, 'scheduler', 'kubelet', 'kube-proxy', 'coredns', 'network-policy', 'kwok'];

const dataOf = (cluster: string): string => path.join(folderOf(cluster), 'etcd');
const copyOf = (cluster: string): string => path.join(folderOf(cluster), 'etcd-snapshot');

/** Etcd stands still for as long as that takes: its files are then what `kill -9` would leave, from which it starts. */
export async function takeSnapshot(cluster: string): Promise<void> {
  await rm(copyOf(cluster), { recursive: true, force: true });
  await signal(cluster, 'STOP');
  try {
    await cp(dataOf(cluster), copyOf(cluster), { recursive: true });
  } finally {
    await signal(cluster, 'CONT');
  }
}

/** Versions of the API server go back by this. `whenReady` is called as soon as it is ready; all is well once this has returned. */
export async function restoreSnapshot(cluster: string, whenReady: () => Promise<void>): Promise<void> {
  const { machine, spec } = await running(cluster);
  const watchers: string[] = [];
  for (const watcher of WATCHERS) if (await machine.isRunning(watcher)) watchers.push(watcher);
  for (const component of ['apiserver', 'etcd', ...watchers]) await machine.kill(component);
  await rm(dataOf(cluster), { recursive: true });
  await cp(copyOf(cluster), dataOf(cluster), { recursive: true });
  await restart(cluster, 'etcd');
  await restart(cluster, 'apiserver');
  await waitUntil('the API server is ready', LONGEST_START_MS, () => isReady(spec, folderOf(cluster)));
  const startWatchers = async (): Promise<void> => {
    for (const watcher of watchers.filter(each => each !== CONTROLLERS)) await restart(cluster, watcher);
    await untilNodesReport(cluster);
    if (watchers.includes(CONTROLLERS)) await restart(cluster, CONTROLLERS);
  };
  await Promise.all([whenReady(), startWatchers()]);
}

async function signal(cluster: string, name: 'STOP' | 'CONT'): Promise<void> {
  const { machine } = await running(cluster);
  const { pid } = JSON.parse(await readFile(path.join(machine.folder, 'pids', 'etcd.json'), 'utf8')) as { pid: number };
  const [program = '', ...args] = machine.inside(['bash', '-c', `kill -${name} ${pid}`]);
  await quietly(program, args);
}
