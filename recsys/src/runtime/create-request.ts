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

/**
 * Which device is wanted, `auto` being the CPU; and which GPUs may be seen: what the client's own CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER say.
 */
export const COMPUTE = z.object({
  device: z.enum(['auto', 'cpu', 'cuda'], 'want auto, cpu or cuda').default('auto'),
  gpus: z
    .string()
    .max(4096)
    .regex(/^[\w,:/.-]*$/, 'want indices or UUIDs, with commas')
    .optional(),
  gpuOrder: z.enum(['PCI_BUS_ID', 'FASTEST_FIRST']).optional()
});

export type Compute = z.infer<typeof COMPUTE>;

const CREATE = z.strictObject({
  rows: z.int().min(1).max(MAX_ROWS),
  dimensions: z.int().min(1).max(MAX_DIMENSIONS),
  metric: METRIC,
  name: z.string().max(200).default(''),
  hasIds: z.boolean().default(false),
  columns: COLUMNS.default([]),
  ...COMPUTE.shape
});

export type CreateParams = z.infer<typeof CREATE>;

export function readCreate(params: unknown): CreateParams {
  return readWith(CREATE, '', params);
}
