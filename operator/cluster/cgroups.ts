/** The cgroups of a cluster's pods: one parent in each hierarchy of this machine. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../../scripts/wait-until.ts';

/** What a kubelet wants of version 2. */
const CONTROLLERS = ['cpu', 'cpuset', 'hugetlb', 'io', 'memory', 'pids'];

/** In version 1 a hierarchy of cpusets gives no cores to a group that names none; in version 2 a group has what its parent hands on. */
export async function makeCgroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = path.join(hierarchy, name);
    const controllers = await readFile(path.join(hierarchy, 'cgroup.controllers'), 'utf8').catch(() => '');
    const wanted = controllers.split(/\s+/).filter(each => CONTROLLERS.includes(each));
    for (const each of wanted) await writeFile(path.join(hierarchy, 'cgroup.subtree_control'), `+${each}`);
    await mkdir(folder, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const inherited = await readFile(path.join(hierarchy, file), 'utf8').catch(() => undefined);
      if (inherited !== undefined) await writeFile(path.join(folder, file), inherited);
    }
  }
}

/** Waits until they are empty. Where there are none it does nothing. */
export async function removeCgroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = path.join(hierarchy, name);
    // The kernel takes a moment to see that the last process of a group has gone.
    await waitUntil(`${folder} is empty`, 20_000, () =>
      removeCgroup(folder).then(
        () => true,
        () => false
      )
    );
  }
}

async function removeCgroup(folder: string): Promise<void> {
  const inner = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of inner) if (entry.isDirectory()) await removeCgroup(path.join(folder, entry.name));
  if (existsSync(folder)) await rmdir(folder);
}

async function hierarchies(): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  if (existsSync(path.join(root, 'cgroup.controllers'))) return [root];
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries.filter(entry => entry.isDirectory()).map(entry => path.join(root, entry.name));
}
