/** How a lock is asked for, and what comes of it. */
import type { EnvironmentSource } from '../../../../contract/index.js';
import type { Lock } from './lock.js';

/** Whatever a lock can be made from without looking into the person's folders. */
export type ResolvableSource = Exclude<EnvironmentSource, { kind: 'notebook' }>;

export interface ResolveOptions {
  /** Path of the interpreter that it is for. */
  readonly python: string;
  /** Its version, such as `3.11.7`. */
  readonly pythonVersion: string;
  /** Whether a package without a wheel may be built to learn what it needs, which runs its code; default: no. */
  readonly allowBuilds?: boolean;
  readonly signal: AbortSignal;
  /** Gets sentences for people. */
  readonly onProgress: (message: string) => void;
}

export interface ResolvedLock {
  readonly lock: Lock;
  /** For people: what was left out, or could not be checked. */
  readonly warnings: readonly string[];
}
