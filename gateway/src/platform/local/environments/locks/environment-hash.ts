/** The identity of an environment: equal hashes mean that the same files were asked for, wherever they came from. */
import { createHash } from 'node:crypto';
import type { LockedPackage } from './requirements-text.js';

/** The interpreter and the machine, as far as they decide which files an environment is made of. */
export interface InterpreterIdentity {
  /** Such as `3.12.4`. */
  readonly version: string;
  /** Such as `cpython`. */
  readonly implementation: string;
  /** Such as `linux`, `darwin`. */
  readonly os: string;
  /** Such as `x86_64`. */
  readonly arch: string;
  /** `glibc`, `musl` or empty. */
  readonly libc: string;
}

/** 64 hex digits. The order of the lock, its comments and its index URLs make no difference. */
export function environmentHash(lock: readonly LockedPackage[], interpreter: InterpreterIdentity): string {
  const lines = lock.map(({ name, version, marker, hashes }) =>
    JSON.stringify([name, version, marker, [...hashes].sort()])
  );
  const { version, implementation, os, arch, libc } = interpreter;
  const identity = JSON.stringify({ lock: lines.sort(), version, implementation, os, arch, libc });
  return createHash('sha256').update(identity).digest('hex');
}
