/** The identity of a lock: equal wherever the files come from and on whatever machine it is computed. */
import { createHash } from 'node:crypto';
import type { LockedPackage } from './requirements-text.js';

/** 64 hex digits over names, versions, markers and file hashes; their order makes no difference. */
export function lockHash(packages: readonly LockedPackage[]): string {
  const lines = packages.map(({ name, version, marker, hashes }) =>
    JSON.stringify([name, version, marker, [...hashes].sort()])
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
