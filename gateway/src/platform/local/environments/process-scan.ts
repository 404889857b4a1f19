/**
 * Which processes of this machine run from inside the environments: by their command, and (on Linux) by the libraries
 * they have loaded. Only our own user's can be seen, and only they can use a private folder.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessInside {
  readonly pid: number;
  /** Name of the environment's folder. */
  readonly folderName: string;
  /** For people: program and arguments, shortened. */
  readonly command: string;
  /** What may be the id of its run or kernel: what its variables say, and the parts of its command. */
  readonly marks: ReadonlySet<string>;
}

/** What a process's variables call the run or kernel that it belongs to. */
const OWNERS = new Set(['BERTH_RUN_ID', 'BERTH_KERNEL_ID']);
const MOST_CHARACTERS = 100;
const AT_ONCE = 32;

/**
 * Our own children are not meant: they look after the environments.
 * @param parents the folder of the environments' folders, under each of its names: the system tells the real one
 */
export async function processesInside(parents: readonly string[]): Promise<ProcessInside[]> {
  return process.platform === 'linux' ? scanProc(parents) : scanPs(parents);
}

async function scanProc(parents: readonly string[]): Promise<ProcessInside[]> {
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0 && pid !== process.pid);
  const found: (ProcessInside | undefined)[] = [];
  for (let from = 0; from < pids.length; from += AT_ONCE) {
    // A process that ends while it is looked at is none.
    const looks = pids.slice(from, from + AT_ONCE).map(pid => inspect(pid, parents).catch(() => undefined));
    found.push(...(await Promise.all(looks)));
  }
  return found.flatMap(each => each ?? []);
}

async function inspect(pid: number, parents: readonly string[]): Promise<ProcessInside | undefined> {
  const folder = `/proc/${pid}`;
  if ((await stat(folder)).uid !== process.getuid?.()) return undefined;
  const words = (await readFile(`${folder}/cmdline`, 'utf8')).split('\0');
  const folderName = folderIn(words[0], parents) ?? folderIn(words[1], parents) ?? (await loadedFrom(folder, parents));
  if (folderName === undefined || (await parentPid(folder)) === process.pid) return undefined;
  return {
    pid,
    folderName,
    command: describe(words),
    marks: new Set([...partsOf(words), ...(await ownersOf(folder))])
  };
}

/** Libraries of an environment in a program that was started from elsewhere: only a Python has such. */
async function loadedFrom(folder: string, parents: readonly string[]): Promise<string | undefined> {
  // Where we may not look (a program that guards itself), nothing of ours was loaded.
  const program = await readlink(`${folder}/exe`).catch(() => '');
  if (!basename(program).startsWith('python')) return undefined;
  const maps = await readFile(`${folder}/maps`, 'utf8').catch(() => '');
  for (const parent of parents) {
    const at = maps.indexOf(parent + sep);
    if (at !== -1) return folderIn(maps.slice(at, maps.indexOf('\n', at)), [parent]);
  }
  return undefined;
}

async function parentPid(folder: string): Promise<number> {
  const text = await readFile(`${folder}/stat`, 'utf8');
  // A process name may hold spaces and brackets: the fields after the last bracket begin with the third.
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

async function ownersOf(folder: string): Promise<string[]> {
  const variables = (await readFile(`${folder}/environ`, 'utf8').catch(() => '')).split('\0');
  return variables.flatMap(each => {
    const at = each.indexOf('=');
    return OWNERS.has(each.slice(0, at)) ? [each.slice(at + 1)] : [];
  });
}

/** The launcher of a run is told the folder of the run, which has its id as name. */
function partsOf(words: readonly string[]): string[] {
  return words.slice(1).flatMap(word => (word.startsWith(sep) ? word.split(sep) : []));
}

async function scanPs(parents: readonly string[]): Promise<ProcessInside[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'pid=,ppid=,command='], { maxBuffer: 1 << 26 });
  return stdout.split('\n').flatMap(line => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const folderName = folderInCommand(command, parents);
    if (folderName === undefined || Number(ppid) === process.pid) return [];
    const words = command.split(' ');
    return [{ pid: Number(pid), folderName, command: describe(words), marks: new Set(partsOf(words)) }];
  });
}

/** Where the first or second word, the program or its script, leads into an environment. */
function folderInCommand(command: string, parents: readonly string[]): string | undefined {
  for (const parent of parents) {
    const at = command.indexOf(parent + sep);
    if (at !== -1 && !command.slice(0, at).trim().includes(' ')) return folderIn(command.slice(at), [parent]);
  }
  return undefined;
}

/** `default-0123456789abcdef` for a path that leads into it. */
function folderIn(path: string | undefined, parents: readonly string[]): string | undefined {
  const parent = parents.find(each => path?.startsWith(each + sep));
  return parent === undefined ? undefined : path?.slice(parent.length + 1).split(sep, 1)[0];
}

function describe(words: readonly string[]): string {
  const [program = '', ...rest] = words.filter(word => word !== '');
  return [basename(program), ...rest].join(' ').slice(0, MOST_CHARACTERS);
}
