/**
 * Which of this machine's apt sources a Debian root file system is made from: those of the release itself, its updates and its security
 * fixes, as they are set up here (people's mirrors and proxies hold, and none is named in our code). Other people's repositories
 * are left out: they are in no image.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const APT = '/etc/apt';
/** One line: `deb [options] address suite component…`. */
const ONE_LINE = /^deb\s+(?:\[[^\]]*\]\s+)?\S+\s+(\S+)\s+\S/;

/** The paragraphs or lines, of one file of either form, that a release is installed from; empty when it has none. */
export function releaseSources(text: string, codename: string): string {
  const suites = new Set([codename, `${codename}-updates`, `${codename}-security`, `${codename}/updates`]);
  const lines = text.split('\n').filter(line => !line.trimStart().startsWith('#'));
  if (!lines.some(line => /^Types:/i.test(line))) {
    return lines.filter(line => suites.has(ONE_LINE.exec(line)?.[1] ?? '')).join('\n');
  }
  const paragraphs = lines.join('\n').split(/\n\s*\n/);
  return paragraphs.filter(paragraph => isOfRelease(paragraph, suites)).join('\n\n');
}

function isOfRelease(paragraph: string, suites: ReadonlySet<string>): boolean {
  const field = (name: string): string[] => {
    const value = new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'im').exec(paragraph)?.[1] ?? '';
    return value.split(/\s+/).filter(word => word !== '');
  };
  const isOn = field('Enabled')[0]?.toLowerCase() !== 'no';
  const names = field('Suites');
  return isOn && field('Types').includes('deb') && names.length > 0 && names.every(name => suites.has(name));
}

/** A source file for apt, with the extension that says which form it has. */
export interface SourceFile {
  readonly extension: 'list' | 'sources';
  readonly text: string;
}

/** @throws Error if this machine has no source for the release. */
export async function machineSources(codename: string): Promise<SourceFile[]> {
  const parts = await readdir(path.join(APT, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.sort().map(name => path.join('sources.list.d', name))];
  const found: SourceFile[] = [];
  for (const file of files) {
    const extension = path.extname(file).slice(1);
    if (extension !== 'list' && extension !== 'sources') continue;
    const text = releaseSources(await readFile(path.join(APT, file), 'utf8').catch(() => ''), codename);
    if (text.trim() !== '') found.push({ extension, text: `${text.trim()}\n` });
  }
  if (found.length === 0) throw new Error(`none of the apt sources in ${APT} is for Debian's release '${codename}'`);
  return found;
}
