/**
 * What a notebook carries of its environment: juv's key `uv.lock` with the lock's text, and `berth.pin` with what people
 * want to know of it. A stranger may have written all of it: it is read by shape, its hash is a claim, and the lock goes
 * to the gateway as text and nowhere else. Pure.
 */
import { ENVIRONMENT_NAME, HASH, isShort, objectOf } from '../kernel/shapes.js';

export const LOCK_KEY = 'uv.lock';
export const BERTH_KEY = 'berth';
/** The API takes no longer one. */
const LOCK_MAX_CHARACTERS = 8_000_000;

export interface IPin {
  /** Text of the lock. */
  readonly lock: string;
  /** Name of the environment that it was taken from, on the machine where that was; null: not known, as with juv. */
  readonly environment: string | null;
  /** As claimed; the gateway computes the real one. */
  readonly lockHash: string | null;
  readonly python: string | null;
  readonly implementation: string | null;
}

/** Metadata of a notebook; anything. */
export type Metadata = Readonly<Partial<Record<string, unknown>>>;

/** Null where there is no lock; what is wrong with the rest of the pin counts as not told. */
export function readPin(metadata: Metadata): IPin | null {
  const lock = metadata[LOCK_KEY];
  if (typeof lock !== 'string' || lock.trim() === '' || lock.length > LOCK_MAX_CHARACTERS) return null;
  const { environment, lockHash, python, implementation } = objectOf(objectOf(metadata[BERTH_KEY])['pin']);
  return {
    lock,
    environment: typeof environment === 'string' && ENVIRONMENT_NAME.test(environment) ? environment : null,
    lockHash: typeof lockHash === 'string' && HASH.test(lockHash) ? lockHash : null,
    python: isShort(python) ? python : null,
    implementation: isShort(implementation) ? implementation : null
  };
}

/** The values of the two keys with this pin; what else is under `berth` stays. */
export function withPin(metadata: Metadata, pin: IPin): Record<string, unknown> {
  const { lock, ...told } = pin;
  const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
  return { [LOCK_KEY]: lock, [BERTH_KEY]: { ...objectOf(metadata[BERTH_KEY]), pin: known } };
}

/** The values of the two keys without a pin; undefined: the key goes. */
export function withoutPin(metadata: Metadata): Record<string, unknown> {
  const { pin: _, ...rest } = objectOf(metadata[BERTH_KEY]);
  return { [LOCK_KEY]: undefined, [BERTH_KEY]: Object.keys(rest).length === 0 ? undefined : rest };
}

export function isSamePin(one: IPin | null, other: IPin | null): boolean {
  if (one === null || other === null) return one === other;
  return one.lock === other.lock && one.environment === other.environment && one.python === other.python;
}
