/** Reads the request for a new corpus: all that is wrong with it, before anything is made. */
import { z } from 'zod';
import { readWith } from './read-with.js';

export const MAX_ROWS = 2 ** 31 - 1;
export const MAX_DIMENSIONS = 8192;
const MAX_COLUMNS = 1000;
/** Names are part of every answer. */
const MAX_NAMES_LENGTH = 64 * 1024;

export const METRIC = z.enum(['ip', 'cosine', 'l2']);
export const COLUMN = z.strictObject({
  name: z.string().min(1).max(1000),
  kind: z.enum(['number', 'category', 'flag'])
});
export const COLUMNS = z
  .array(COLUMN)
  .max(MAX_COLUMNS)
  .refine(columns => new Set(columns.map(({ name }) => name)).size === columns.length, 'want each name once')
  .refine(
    columns => columns.reduce((sum, { name }) => sum + name.length, 0) <= MAX_NAMES_LENGTH,
    `want names of at most ${MAX_NAMES_LENGTH} characters in all`
  );

export const DEVICE = z.enum(['auto', 'cpu'], 'want auto or cpu: there is no other device here');

const CREATE = z.strictObject({
  rows: z.int().min(1).max(MAX_ROWS),
  dimensions: z.int().min(1).max(MAX_DIMENSIONS),
  metric: METRIC,
  name: z.string().max(200).default(''),
  hasIds: z.boolean().default(false),
  columns: COLUMNS.default([]),
  device: DEVICE.default('auto')
});

export type CreateParams = z.infer<typeof CREATE>;

export function readCreate(params: unknown): CreateParams {
  return readWith(CREATE, '', params);
}
