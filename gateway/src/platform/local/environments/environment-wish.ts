/** What somebody asks an environment to be made from, with everything read that has to be read to know it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type EnvironmentRequest, PlatformError } from '../../../contract/index.js';
import { resolveEntry } from '../entry-path.js';
import type { EnvironmentOrigin } from './definitions.js';
import type { ResolvableSource } from './locks/index.js';

export interface EnvironmentWish {
  readonly name: string;
  readonly origin: Exclude<EnvironmentOrigin, 'berth'>;
  readonly source: ResolvableSource;
  readonly python: string | undefined;
  readonly allowBuilds: boolean;
  /** Equal for equal wishes. */
  readonly digest: string;
}

/** Where juv keeps the lock of a notebook, too. */
const METADATA_KEY = 'uv.lock';
/** As the contract has it for every other lock. */
const MOST_LOCK_CHARACTERS = 8_000_000;

/**
 * @param rootFolder what the path of a notebook is relative to
 * @throws PlatformError `not-found`, `invalid-input` or `too-large` for a notebook that cannot be read or is not pinned
 */
export async function readWish(request: EnvironmentRequest, rootFolder: string): Promise<EnvironmentWish> {
  const { name, source: asked, python, allowBuilds } = request;
  const source: ResolvableSource =
    asked.kind === 'notebook' ? { kind: 'uv-lock', text: await lockOfNotebook(rootFolder, asked.path) } : asked;
  const digest = createHash('sha256')
    .update(JSON.stringify([source, python ?? '', allowBuilds]))
    .digest('hex');
  return { name, origin: asked.kind, source, python, allowBuilds, digest };
}

async function lockOfNotebook(rootFolder: string, path: string): Promise<string> {
  const { file, kind } = await resolveEntry(rootFolder, path);
  const metadata = kind === 'notebook' ? metadataOf(await readFile(file, 'utf8')) : undefined;
  if (metadata === undefined) throw new PlatformError('invalid-input', `${path} is not a notebook.`);
  const lock = Object.hasOwn(metadata, METADATA_KEY) ? metadata[METADATA_KEY] : undefined;
  if (typeof lock !== 'string' || lock.trim() === '') {
    throw new PlatformError('invalid-input', `${path} is not pinned: there is no lock in its metadata.`);
  }
  if (lock.length <= MOST_LOCK_CHARACTERS) return lock;
  const message = `The lock in ${path} has ${lock.length} characters; at most ${MOST_LOCK_CHARACTERS} are read.`;
  throw new PlatformError('too-large', message);
}

function metadataOf(text: string): Record<string, unknown> | undefined {
  try {
    const { metadata } = (JSON.parse(text) ?? {}) as { metadata?: unknown };
    return typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
