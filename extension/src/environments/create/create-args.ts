/** What the command `berth:new-environment` may be told. Anybody can call it: by shape, all of it optional. Pure. */
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { suggestedName } from '../pin/suggested-name.js';
import { EMPTY_FORM, SOURCES, type ICreateForm, type SourceKind } from './create-form.js';

export const CREATE_ARGS = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'A wish for its name; it is made a valid one that nobody has' },
    source: { type: 'string', description: 'What it is made from: packages, file, kernel or notebook' },
    packages: { type: 'array', items: { type: 'string' }, description: 'Requirements to begin with' },
    consequence: { type: 'string', description: 'What the caller does once it is there, in words' }
  }
} as const;

/**
 * The form as it opens.
 *
 * @param fallback - Where a name comes from when none is wished for.
 * @param taken - Names that there are.
 */
export function formFrom(args: ReadonlyPartialJSONObject, fallback: string, taken: readonly string[]): ICreateForm {
  const { name, source, packages } = args;
  const requirements = Array.isArray(packages) ? packages.filter(it => typeof it === 'string') : [];
  return {
    ...EMPTY_FORM,
    name: suggestedName(typeof name === 'string' ? name : fallback, taken),
    source: isSource(source) ? source : 'packages',
    packages: requirements.join('\n')
  };
}

export function consequenceFrom(args: ReadonlyPartialJSONObject): string {
  const { consequence } = args;
  return typeof consequence === 'string' ? consequence : '';
}

function isSource(value: unknown): value is SourceKind {
  return SOURCES.some(source => source === value);
}
