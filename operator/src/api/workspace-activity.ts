/** What the operator remembers of a workspace's activity: what it has announced, granted and done. Nothing of it is written while nothing changes. */
import { z } from 'zod';
import { line, prose, time } from './schema/text.js';

/** Older ones are dropped: they count no more long before there are so many. */
export const MAX_SNOOZES = 64;
const MAX_MEASURED = 20;
const LONGEST_SENTENCE = 1024;
const IDLE_LIMITS = ['soft', 'hard'] as const;
const LONGEST_S = 366 * 24 * 3600;

const GrantedSnooze = z.strictObject({
  id: line(64).describe('By which it is granted once.'),
  kernel: line(128).optional().describe("Jupyter's id of the kernel; the whole workspace if there is nothing here."),
  at: time().describe('When it was granted.'),
  addedSeconds: z.int().min(0).max(LONGEST_S).describe('What it has added.')
});

const IdleStop = z.strictObject({
  at: time().describe('When.'),
  why: prose(LONGEST_SENTENCE).describe('Why, as a sentence for people.'),
  limit: z.enum(IDLE_LIMITS).describe('Soft: somebody waited for what it held.'),
  policyOf: z.enum(['platform', 'class', 'team', 'person']).describe('Whose limit it was.'),
  measured: z
    .array(prose(LONGEST_SENTENCE).describe('One measurement.'))
    .max(MAX_MEASURED)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('What was measured last.'),
  podUid: line(64).describe('The pod that was stopped.'),
  gpus: z.int().min(0).max(8192).describe('GPUs that it held.'),
  resumedAt: time().optional().describe('When somebody resumed it.')
});

export const WorkspaceActivity = z
  .strictObject({
    announcedAt: time().optional().describe('Since when its stop is announced; absent: it is not.'),
    idleSince: time().optional().describe('While its stop is announced: since when it is idle.'),
    limit: z.enum(IDLE_LIMITS).optional().describe('While its stop is announced: which limit it comes to.'),
    stopAt: time().optional().describe('While its stop is announced or put off: when it stops, if nothing changes.'),
    snoozes: z
      .array(GrantedSnooze.describe('One snooze.'))
      .max(MAX_SNOOZES)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional()
      .describe('Snoozes that still count.'),
    lastStop: IdleStop.optional().describe('When it was last stopped for being idle.')
  })
  .describe('What is known of its activity, where a stop is announced or was made.');

export type WorkspaceActivity = z.output<typeof WorkspaceActivity>;
export type IdleStop = z.output<typeof IdleStop>;
export type KeptSnooze = z.output<typeof GrantedSnooze>;
