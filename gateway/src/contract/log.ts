/** Logs of one rank (or of the launcher), page by page; a cursor never loses or doubles a line. */
import { z } from 'zod';

export const LOG_CURSOR_PATTERN = /^\d{1,9}:\d{1,12}$/;

export const LogQuery = z
  .strictObject({
    rank: z
      .union([z.literal('launcher'), z.string().regex(/^\d{1,4}$/)])
      .default('0')
      .describe('A rank, or `launcher`'),
    attempt: z.coerce.number().int().min(1).optional().describe('Default: the last'),
    cursor: z.string().regex(LOG_CURSOR_PATTERN).optional().describe('From an earlier page; absent: from the start'),
    tail: z.coerce
      .number()
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('Without cursor: begin that many lines before the end'),
    contains: z.string().max(200).optional().describe('Only lines with this text, letter case ignored'),
    limit: z.coerce.number().int().min(1).max(10_000).default(2_000)
  })
  .meta({ id: 'LogQuery' });
export type LogQuery = z.infer<typeof LogQuery>;

export const LogLine = z
  .strictObject({
    atMs: z.int().min(0),
    stream: z.enum(['stdout', 'stderr', 'note']).describe('`note`: a remark of the launcher'),
    text: z.string(),
    partial: z.boolean().describe('The line goes on in the next record')
  })
  .meta({ id: 'LogLine' });
export type LogLine = z.infer<typeof LogLine>;

export const LogPage = z
  .strictObject({
    attempt: z.int().min(1),
    rank: z.string(),
    lines: z.array(LogLine),
    cursor: z.string().describe('Give it back to go on where this page ends'),
    dropped: z.boolean().describe('Older output before these lines was deleted to keep the disk bounded'),
    end: z.boolean().describe('Nothing more will come: the attempt has ended and this is its last line')
  })
  .meta({ id: 'LogPage' });
export type LogPage = z.infer<typeof LogPage>;
