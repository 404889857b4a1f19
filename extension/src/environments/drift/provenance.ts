/**
 * Which environment produced the outputs that a notebook holds: each executed cell names a digest, and one table in the
 * notebook's metadata says what each digest stands for. Anybody may have written both: an entry counts only if its
 * contents have that digest. Pure.
 */
import { parsePackages, type IKernelFacts } from '../kernel/kernel-facts.js';
import { ENVIRONMENT_NAME, HASH, isShort, objectOf, type Packages } from '../kernel/shapes.js';
import { BERTH_KEY, type Metadata } from '../pin/pin-metadata.js';
import { DIGEST, digestOf } from './digest.js';

/** What a cell ran in. */
export interface IRecord {
  readonly environment: string | null;
  readonly lockHash: string | null;
  readonly python: string;
  readonly platform: string;
  readonly packages: Packages;
}

/** Environments by digest. */
export type Records = Readonly<Record<string, IRecord>>;

/** More than this many environments for one notebook's outputs are nobody's honest work. */
const MOST_RECORDS = 200;

/** The digest that a cell names; null where it names none. */
export function ranIn(cellMetadata: Metadata): string | null {
  const { ran } = objectOf(cellMetadata[BERTH_KEY]);
  return typeof ran === 'string' && DIGEST.test(ran) ? ran : null;
}

/** The value of the cell's `berth` key with this digest, or without one; undefined: the key goes. */
export function withRan(cellMetadata: Metadata, digest: string | null): Record<string, unknown> | undefined {
  const { ran: _, ...rest } = objectOf(cellMetadata[BERTH_KEY]);
  if (digest !== null) return { ...rest, ran: digest };
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** The table as far as it can be believed. */
export function readRecords(metadata: Metadata): Records {
  const entries = Object.entries(objectOf(objectOf(metadata[BERTH_KEY])['environments'])).slice(0, MOST_RECORDS);
  const found: [string, IRecord][] = [];
  for (const [digest, value] of entries) {
    const record = parseRecord(value);
    if (record !== null && digestOf(record) === digest) found.push([digest, record]);
  }
  return Object.fromEntries(found);
}

/**
 * The value of the notebook's `berth` key after some cells ran in what the kernel has; undefined: the key goes. Entries
 * that no cell names any more are dropped.
 *
 * @param used - Digests that cells name now.
 */
export function withRecords(
  metadata: Metadata,
  used: ReadonlySet<string>,
  facts: IKernelFacts | null
): Record<string, unknown> | undefined {
  const { environments: _, ...rest } = objectOf(metadata[BERTH_KEY]);
  const all: Record<string, IRecord> = { ...readRecords(metadata) };
  if (facts !== null) all[digestOf(facts)] ??= recordOf(facts);
  const kept = Object.entries(all).filter(([digest]) => used.has(digest));
  if (kept.length > 0) return { ...rest, environments: Object.fromEntries(kept) };
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function recordOf({ environment, lockHash, python, platform, packages }: IKernelFacts): IRecord {
  const names = Object.keys(packages).sort();
  return {
    environment,
    lockHash,
    python,
    platform,
    packages: Object.fromEntries(names.map(name => [name, packages[name]!]))
  };
}

function parseRecord(value: unknown): IRecord | null {
  const { environment, lockHash, python, platform, packages } = objectOf(value);
  const all = parsePackages(packages);
  if (all === null || !isShort(python) || !isShort(platform)) return null;
  return {
    environment: typeof environment === 'string' && ENVIRONMENT_NAME.test(environment) ? environment : null,
    lockHash: typeof lockHash === 'string' && HASH.test(lockHash) ? lockHash : null,
    python,
    platform,
    packages: all
  };
}
