/** What the engine says of a kernel or a workspace, so that a person sees what it rests on and what follows. Times are Unix milliseconds. */
import { z } from 'zod';
import { POLICY_LAYERS } from './activity-policy.js';

const EpochMs = z.int().min(0);

/** What a judgement can rest on. */
export const SIGNALS = [
  'input', // a person typed, clicked or ran something
  'execution', // a cell began to run
  'kernel-busy', // a cell runs, and uses processor, GPU or disk
  'silent-busy', // a cell runs, and nothing can be measured of it
  'waits-input', // a cell waits for a person; counts as nothing
  'kernel-cpu', // the kernel computes though no cell runs
  'gpu', // its processes use the GPU
  'gpu-unknown', // it holds a GPU whose use cannot be measured
  'process', // a process below it works: nohup, tmux, a pool
  'lease', // a run is attached, or somebody asked to keep it
  'starting',
  'dead',
  'failed-reading' // the agent could not look, or did not answer
] as const;
export type Signal = (typeof SIGNALS)[number];

export const SignalView = z
  .strictObject({
    signal: z.enum(SIGNALS),
    counts: z.boolean().describe('Whether it makes its subject active'),
    text: z.string().describe('For people, with what was measured: `python in Terminal 1 used 87 % of a processor`'),
    atMs: EpochMs.describe('When it was measured')
  })
  .meta({ id: 'Signal' });
export type SignalView = z.infer<typeof SignalView>;

/** A kernel by Jupyter's id, or the whole workspace. */
export const Subject = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('kernel'), id: z.string().min(1).max(128) }),
    z.strictObject({ kind: z.literal('workspace') })
  ])
  .meta({ id: 'Subject' });
export type Subject = z.infer<typeof Subject>;

/** Why what would follow does not follow yet, or not at all. */
export const HOLDS = [
  'switched-off', // the policy says that nothing is stopped
  'dry-run',
  'no-limit', // the policy has none for it
  'nobody-waits', // it has only a soft limit, and nobody waits for what it holds
  'unconfirmed' // its time is over, and a fresh look must confirm it
] as const;

export const NextStep = z
  .strictObject({
    what: z.enum(['release', 'stop']).describe('A kernel is released, a workspace is stopped'),
    atMs: EpochMs.nullable().describe('When, if nothing changes; null: never by itself'),
    warnedAtMs: EpochMs.nullable().describe('Since when it is announced; null: not yet'),
    limit: z.enum(['soft', 'hard']).nullable(),
    policyOf: z.enum(POLICY_LAYERS).describe('Whose limit it is'),
    hold: z.enum(HOLDS).nullable(),
    snoozeLeftMs: z.int().min(0).describe('What snoozes may still add'),
    snoozeStepMs: z.int().min(0)
  })
  .meta({ id: 'NextStep' });
export type NextStep = z.infer<typeof NextStep>;

export const Judgement = z
  .strictObject({
    subject: Subject,
    name: z.string(),
    path: z.string().nullable(),
    activity: z.enum(['active', 'idle', 'unknown']),
    sinceMs: EpochMs.describe('Since when it is so'),
    idleMs: z
      .int()
      .min(0)
      .describe('How long it has been seen idle without a break; time that nobody observed is not in it'),
    lastActiveMs: EpochMs.nullable(),
    signals: z.array(SignalView).max(20).describe('What it rests on, what counts first'),
    next: NextStep
  })
  .meta({ id: 'Judgement' });
export type Judgement = z.infer<typeof Judgement>;
