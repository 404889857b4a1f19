/** What is known of one environment while the gateway runs, and how people see it. */
import { type Environment, type EnvironmentUse, isPlatformError } from '../../../contract/index.js';
import type { EnvironmentDefinition, EnvironmentOrigin } from './definitions.js';
import { type EnvironmentManifest, lastUsedMs, pythonOfOthers, readyManifest } from './environment-folder.js';
import type { EnvironmentUses } from './environment-uses.js';
import { describeUses } from './environment-uses.js';
import { changesSince, installedPackages } from './installed-packages.js';
import { kernelspecName } from './kernelspec.js';
import type { Progress } from './uv-progress.js';

export interface ObtainOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** How an environment comes to be known: `note` is what a person should hear of it. */
export interface Obtained {
  readonly definition: EnvironmentDefinition;
  readonly note: string;
}

export interface Entry {
  readonly name: string;
  readonly origin: EnvironmentOrigin;
  /** Of what it was asked to be made from; empty for what ships with Berth. */
  readonly request: string;
  /** Reads or resolves the lock and finds the interpreter; what is new is stored by it. */
  readonly obtain: (options: ObtainOptions) => Promise<Obtained>;
  /** Undefined while it is being resolved, and where that failed. */
  definition: EnvironmentDefinition | undefined;
  /** Whether its files have ever been there. */
  wasMade: boolean;
  creation: Creation | undefined;
  progress: Progress;
  /** Why the last creation failed, or it cannot be read; empty otherwise. */
  failure: string;
  /** What there is to say of it while it is ready. */
  note: string;
  /** Nobody knows yet what it is: its lock is being read, or uv did not answer when it was. */
  isUnread: boolean;
  /** It is about to be deleted. */
  isGoing: boolean;
  /** As seen last. */
  inUse: EnvironmentUse[];
  /** What was last said of it, to tell changes. */
  told: string;
}

export interface Creation {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  /** When it is cancelled nothing is to be left, not even the name. */
  readonly isFirst: boolean;
}

export const NOTHING: Progress = { progress: 0, message: '' };

export function newEntry(entry: Pick<Entry, 'name' | 'origin' | 'request' | 'obtain'> & { wasMade?: boolean }): Entry {
  return {
    wasMade: false,
    ...entry,
    definition: undefined,
    creation: undefined,
    progress: NOTHING,
    failure: '',
    note: '',
    isUnread: false,
    isGoing: false,
    inUse: [],
    told: ''
  };
}

/** The manifest of its files; undefined where it is not ready. */
export async function manifestOf({ definition }: Entry): Promise<EnvironmentManifest | undefined> {
  return definition === undefined ? undefined : readyManifest(definition.folder, definition.hash);
}

export async function viewOf(entry: Entry, uses: EnvironmentUses): Promise<Environment> {
  const { definition } = entry;
  const folder = definition?.folder;
  const [manifest, inUse] = await Promise.all([
    manifestOf(entry),
    folder === undefined ? [] : uses.of(folder, entry.name)
  ]);
  entry.inUse = inUse;
  if (entry.creation !== undefined) return creatingView(entry);
  if (manifest !== undefined && folder !== undefined) return readyView(entry, manifest, folder);
  if (entry.failure !== '') return { ...plainView(entry), state: 'failed', message: entry.failure };
  return { ...plainView(entry), message: await absentMessage(entry) };
}

export function creatingView(entry: Entry): Environment {
  const { message, progress } = entry.progress;
  return { ...plainView(entry), state: 'creating', message, progress };
}

async function readyView(entry: Entry, manifest: EnvironmentManifest, folder: string): Promise<Environment> {
  const [now, lastUsedAtMs] = await Promise.all([installedPackages(folder), lastUsedMs(folder)]);
  return {
    ...plainView(entry),
    state: 'ready',
    message: [manifest.looked?.problem ?? '', entry.note, entry.failure].filter(each => each !== '').join('\n'),
    sizeBytes: manifest.looked?.sizeBytes ?? null,
    createdAtMs: manifest.createdAtMs,
    lastUsedAtMs,
    changed: changesSince(manifest.installed, now)
  };
}

function plainView({ name, origin, definition, inUse }: Entry): Environment {
  return {
    name,
    hash: definition?.hash ?? '',
    lockHash: definition?.lock.lockHash ?? '',
    state: 'absent',
    message: '',
    progress: null,
    python: definition?.interpreter.identity.version ?? '',
    packages: [...(definition?.requested ?? [])],
    sizeBytes: null,
    kernelspec: kernelspecName(name),
    origin,
    createdAtMs: null,
    lastUsedAtMs: null,
    inUse: [...inUse],
    changed: []
  };
}

async function absentMessage({ definition, inUse, isUnread }: Entry): Promise<string> {
  if (inUse.length > 0) return goneMessage(inUse);
  if (definition === undefined) return isUnread ? 'Its lock is still being read.' : '';
  const { version } = definition.interpreter.identity;
  const made = await pythonOfOthers(definition.folder, definition.lock.lockHash);
  return made === undefined || made === version
    ? ''
    : `It was made for Python ${made}, and this machine has ${version}: create it anew.`;
}

function goneMessage(inUse: readonly EnvironmentUse[]): string {
  return `Its files were deleted under ${describeUses(inUse)}: what is loaded goes on, what is imported later fails. Make it again, then restart.`;
}

/** Why something failed, for people. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error) && !isPlatformError(error)) return String(error);
  const { message, cause } = error;
  // Messages of our own are for people; what lies below them says where it went wrong.
  return cause instanceof Error && !isPlatformError(error) ? `${message}: ${cause.message}` : message;
}
