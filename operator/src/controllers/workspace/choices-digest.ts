import { createHash } from 'node:crypto';
import type { PodChoices } from './children.js';

/**
 * The same for the same choices, whatever the order of their fields; short enough for an annotation. What the class does not
 * allow is no choice: a limit that was lowered makes no other pod of one that runs.
 */
export function choicesDigest({ compute: { cpu, memory, extended }, ...choices }: PodChoices): string {
  const digested = canonical({ ...choices, compute: { cpu, memory, extended } });
  return createHash('sha256').update(digested).digest('hex').slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
