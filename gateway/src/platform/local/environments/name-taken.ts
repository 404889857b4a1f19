/** When a name may still get another lock, and what is said when not. */
import { PlatformError } from '../../../contract/index.js';
import { type Entry, manifestOf } from './environment-entry.js';

/** Its files have never been there, so nobody can have relied on what it is. */
export async function isReplaceable(entry: Entry): Promise<boolean> {
  return !entry.wasMade && entry.origin !== 'berth' && entry.creation === undefined && !(await manifestOf(entry));
}

export function nameTaken({ name, creation }: Entry): PlatformError {
  const problem = creation === undefined ? 'is there already, with another lock' : 'is being made from something else';
  return new PlatformError(
    'conflict',
    `The environment ${name} ${problem}. Environments never change: choose another name.`
  );
}
