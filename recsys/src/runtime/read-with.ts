import type { z } from 'zod';
import { invalid } from './runtime-error.js';

/** A value that the schema accepts. @throws RuntimeError `invalid-input` with the first field that is wrong, and how many more are */
export function readWith<Schema extends z.ZodType>(schema: Schema, where: string, value: unknown): z.infer<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  const field = pathOf(where, first?.path ?? []);
  const more = read.error.issues.length > 1 ? ` (and ${read.error.issues.length - 1} more)` : '';
  throw invalid(field, `${field === '' ? '' : `${field}: `}${first?.message ?? 'it is wrong'}${more}`);
}

/** Where a value is, such as `columns[0].kind`. */
export function pathOf(where: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, where);
}
