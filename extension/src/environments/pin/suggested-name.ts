/** Names for new environments. Pure. */
import { ENVIRONMENT_NAME } from '../kernel/shapes.js';

const LONGEST = 48;
const FALLBACK = 'environment';

/**
 * A name that the API takes and nobody has: of `My Notebook.ipynb` it is `my-notebook`, or `my-notebook-2`.
 *
 * @param taken - Names that there are.
 */
export function suggestedName(text: string, taken: readonly string[]): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const base = trimmed(plain.slice(0, LONGEST)) || FALLBACK;
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) {
    const ending = `-${number}`;
    const candidate = trimmed(base.slice(0, LONGEST - ending.length)) + ending;
    if (!taken.includes(candidate)) return candidate;
  }
}

export function isEnvironmentName(text: string): boolean {
  return ENVIRONMENT_NAME.test(text);
}

function trimmed(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
