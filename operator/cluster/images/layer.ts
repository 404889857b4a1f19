/** Layers: uncompressed tars whose bytes depend on names, modes and contents only, made once and kept in the cache. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { madeOnce } from '../made-once.ts';
import { quietly } from '../quietly.ts';

/** GNU tar without anything of this machine or moment; its extended headers would otherwise carry its process id. */
const DETERMINISTIC = [
  '--sort=name',
  '--mtime=@0',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--hard-dereference',
  '--format=pax',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'
];
/** Modes without what people's umasks and installers leave different. */
export const PLAIN_MODES = 'u=rwX,go=rX';

/** Its digest is its diff id: it is not compressed. */
export interface Layer {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Where it lies. */
  readonly path: string;
  /** `tree`: it is not packed; a folder with its files, which a node's snapshot is filled from by hard links (see `import-image.ts`). */
  readonly form: 'tar' | 'tree';
}

type Made = Pick<Layer, 'digest' | 'sizeBytes'>;

/** The layer for these inputs (see `madeOnce`); `make` writes the tar that it is given the path of. */
export function madeLayer(name: string, inputs: unknown, make: (archive: string) => Promise<void>): Promise<Layer> {
  return made(name, 'tar', inputs, async archive => {
    await make(archive);
    return { digest: `sha256:${await sha256OfFile(archive)}`, sizeBytes: (await stat(archive)).size };
  });
}

/** The same as a tree, for what is too large to be stored twice; its digest is that of the tar which it would be. */
export function madeTree(name: string, inputs: unknown, make: (tree: string) => Promise<void>): Promise<Layer> {
  return made(name, 'tree', inputs, async tree => {
    await mkdir(tree);
    await make(tree);
    return sumOfTar([...DETERMINISTIC, `--mode=${PLAIN_MODES}`, '-C', tree, '-cf', '-', '.']);
  });
}

async function made(
  name: string,
  form: Layer['form'],
  inputs: unknown,
  make: (path: string) => Promise<Made>
): Promise<Layer> {
  const content = form === 'tar' ? 'layer.tar' : 'tree';
  const folder = await madeOnce(`layer-${name}`, inputs, async part => {
    await writeFile(path.join(part, 'layer.json'), JSON.stringify(await make(path.join(part, content))));
  });
  const { digest, sizeBytes } = JSON.parse(await readFile(path.join(folder, 'layer.json'), 'utf8')) as Made;
  return { digest, sizeBytes, form, path: path.join(folder, content) };
}

/** What tar would write, without a place to write it to. */
async function sumOfTar(args: readonly string[]): Promise<Made> {
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(tar, 'close') as Promise<[number | null]>;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of tar.stdout) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar ended with ${String(code)}`);
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

/** A few files; paths are the image's, without the leading slash. */
export interface SmallLayer {
  /** By path in the image: the file on this machine that goes there, executable. */
  readonly executables?: Readonly<Record<string, string>>;
  /** By path in the image: where it leads. */
  readonly links?: Readonly<Record<string, string>>;
  /** Folders that everyone may write to. */
  readonly scratch?: readonly string[];
}

/** A layer of a few files; the same contents, the same layer, wherever they lie. @throws Error if one is missing. */
export async function smallLayer(name: string, layer: SmallLayer): Promise<Layer> {
  const { executables = {}, links = {}, scratch = [] } = layer;
  const digests = await Promise.all(
    Object.entries(executables).map(async ([target, file]) => [target, await sha256OfFile(file)])
  );
  return madeLayer(name, { digests, links, scratch }, archive =>
    withStage(archive, async stage => {
      const place = async (target: string): Promise<string> => {
        await mkdir(path.dirname(path.join(stage, target)), { recursive: true });
        return path.join(stage, target);
      };
      for (const [target, file] of Object.entries(executables)) {
        await copyFile(file, await place(target));
        await chmod(path.join(stage, target), 0o755);
      }
      for (const [target, leadsTo] of Object.entries(links)) await symlink(leadsTo, await place(target));
      for (const target of scratch) await mkdir(await place(target));
      await quietly('chmod', ['-R', PLAIN_MODES, stage]);
      for (const target of scratch) await chmod(path.join(stage, target), 0o1777);
      await tarFolder(archive, stage, ['.']);
    })
  );
}

/** Packs `names` of `folder`, which is the image's root. */
export async function tarFolder(archive: string, folder: string, names: readonly string[]): Promise<void> {
  await quietly('tar', [...DETERMINISTIC, '-C', folder, '-cf', archive, ...names]);
}

/** The same with modes that do not depend on how the files came there. */
export async function tarPlain(archive: string, folder: string, names: readonly string[]): Promise<void> {
  await quietly('tar', [...DETERMINISTIC, `--mode=${PLAIN_MODES}`, '-C', folder, '-cf', archive, ...names]);
}

/** Calls with a new folder beside the archive, and removes it afterwards. */
export async function withStage<Result>(archive: string, call: (stage: string) => Promise<Result>): Promise<Result> {
  const stage = await mkdtemp(`${archive}.stage-`);
  try {
    return await call(stage);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
