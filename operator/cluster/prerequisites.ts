/** What a cluster needs of this machine, and how it is had. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../scripts/cache-folder.ts';
import { mustRun } from '../../scripts/command.ts';
import { quietly } from './quietly.ts';
import { includes, type Profile } from './spec.ts';

/** Programs by the Debian package that holds them. */
const PROGRAMS: Readonly<Record<Profile, Readonly<Record<string, string>>>> = {
  api: { openssl: 'openssl' },
  node: {
    runc: 'runc',
    nft: 'nftables',
    conntrack: 'conntrack',
    ip: 'iproute2',
    sysctl: 'procps',
    mmdebstrap: 'mmdebstrap',
    busybox: 'busybox-static',
    modprobe: 'kmod'
  },
  queue: {}
};

function missingPackages(profile: Profile): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const wanted = Object.entries(PROGRAMS).flatMap(([of, programs]) =>
    includes(profile, of as Profile) ? Object.entries(programs) : []
  );
  const isThere = (program: string): boolean => folders.some(folder => existsSync(join(folder, program)));
  const missing = wanted.filter(([program]) => {
    if (program === 'modprobe' && areBridgeRulesLoaded()) return false;
    return !isThere(program) || (program === 'busybox' && !isBusyboxStatic());
  });
  return missing.map(([, name]) => name);
}

const areBridgeRulesLoaded = (): boolean => existsSync('/proc/sys/net/bridge');

/** Debian's other package has a program of the same name that needs libraries, which an image of one file has not. */
function isBusyboxStatic(): boolean {
  return existsSync('/usr/share/doc/busybox-static');
}

/** Lines that say what is missing and what can still run without it; none where everything is there. */
export async function missingPrerequisites(profile: Profile): Promise<string[]> {
  const packages = missingPackages(profile);
  const lines = packages.length === 0 ? [] : [`missing: apt-get install ${packages.join(' ')}`];
  if (!includes(profile, 'node')) return lines;
  const instead = 'without it: npm run cluster -- up --profile api';
  if (process.platform !== 'linux') lines.push(`a node needs Linux; ${instead}`);
  const cache = cacheFolder();
  if (/^\/(var|run)\//.test(cache))
    lines.push(`a node cannot keep its state in ${cache}: set BERTH_CACHE_DIR to a folder outside /var and /run`);
  if (process.getuid?.() !== 0) lines.push(`a node needs root, for namespaces, mounts and cgroups; ${instead}`);
  return lines;
}

/** Installs Debian packages that are missing. Says which. Throws where only somebody else may. */
export async function installPrerequisites(profile: Profile, say: (line: string) => void): Promise<void> {
  const packages = missingPackages(profile);
  if (packages.length === 0) return loadBridgeRules();
  say(`installing system packages: ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await mustRun('apt-get', ['update', '-qq'], { env });
  await mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, capture: true });
  await loadBridgeRules();
}

/** Without it the rules of a network do not see what passes over a bridge. Needs root. */
export async function loadBridgeRules(): Promise<void> {
  if (!areBridgeRulesLoaded()) await quietly('modprobe', ['br_netfilter']);
}
