/** The Debian root file system that the larger images begin with: the release of this machine, from its own apt sources. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { machineSources } from './debian-sources.ts';
import { type Layer, madeLayer, withStage } from './layer.ts';
import { quietly } from '../quietly.ts';

/** bash is there anyway; wget is what KubeRay's probes ask with. */
const PACKAGES = [
  'ca-certificates',
  'iproute2',
  'procps',
  'python-is-python3',
  'python3',
  'python3-venv',
  'usr-is-merged',
  'wget'
];
/** What no container reads. Licences stay. */
const LEFT_OUT = ['/usr/share/man/*', '/usr/share/info/*', '/usr/share/doc/*', '/usr/share/locale/*'];
const KEPT = ['/usr/share/doc/*/copyright'];
/** The person in workspaces and runs. */
export const PERSON = { id: '1000:1000', name: 'berth', home: '/home/berth' };
/** What is of this machine goes, mirrors among it; names are looked up before it is made, so this fails loudly. */
const HOOKS = [
  'rm -rf "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*',
  'rm -f "$1"/etc/resolv.conf "$1"/etc/hostname "$1"/var/log/bootstrap.log',
  `echo '${PERSON.name}:x:${PERSON.id}::${PERSON.home}:/bin/bash' >> "$1"/etc/passwd`,
  `echo '${PERSON.name}:x:1000:' >> "$1"/etc/group`,
  `install -d -m 0755 -o 1000 -g 1000 "$1"${PERSON.home}`
];
/** Python writes its bytecode with hashes instead of times when this is set; sets come in one order. */
const REPRODUCIBLE = { SOURCE_DATE_EPOCH: '0', PYTHONHASHSEED: '0' };

/** apt's settings on how it reaches a mirror, from `apt-config dump`; the rest is this machine's own affair. */
export function networkSettings(aptConfig: string): string {
  const lines = aptConfig.split('\n').filter(line => /^Acquire::(https?|Retries|Check-|ForceIP)/.test(line));
  return lines.map(line => `${line}\n`).join('');
}

/** The release's name, from os-release. @throws Error on anything but Debian. */
export function debianCodename(osRelease: string): string {
  const field = (name: string): string | undefined => new RegExp(`^${name}="?([\\w.-]+)"?$`, 'm').exec(osRelease)?.[1];
  const codename = field('VERSION_CODENAME');
  if (field('ID') !== 'debian' || codename === undefined) throw new Error('the images are made on Debian only');
  return codename;
}

/** The layer; about 30 s and 135 MB when it is not there. @throws Error if mmdebstrap is missing or fails (it needs root). */
export async function debianLayer(): Promise<Layer> {
  const codename = debianCodename(await readFile('/etc/os-release', 'utf8'));
  const sources = await machineSources(codename);
  const inputs = { codename, sources, arguments: mmdebstrapArguments(codename, '', '', []) };
  return madeLayer('debian', inputs, archive =>
    withStage(archive, async stage => {
      const settings = path.join(stage, 'apt.conf');
      await writeFile(settings, networkSettings(await quietly('apt-config', ['dump'])));
      const files = await Promise.all(
        sources.map(async ({ extension, text }, index) => {
          const file = path.join(stage, `${index}.${extension}`);
          await writeFile(file, text);
          return file;
        })
      );
      await quietly('mmdebstrap', mmdebstrapArguments(codename, archive, settings, files), { env: REPRODUCIBLE });
    })
  );
}

function mmdebstrapArguments(codename: string, target: string, settings: string, sources: readonly string[]): string[] {
  return [
    '--mode=root',
    '--variant=minbase',
    '--quiet',
    '--skip=output/dev',
    '--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr',
    `--aptopt=${settings}`,
    '--aptopt=APT::Install-Recommends "false"',
    `--include=${PACKAGES.join(',')}`,
    ...LEFT_OUT.map(pattern => `--dpkgopt=path-exclude=${pattern}`),
    ...KEPT.map(pattern => `--dpkgopt=path-include=${pattern}`),
    ...HOOKS.map(hook => `--customize-hook=${hook}`),
    codename,
    target,
    ...sources
  ];
}
