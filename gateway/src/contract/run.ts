/** Runs: what a client submits and what it gets to see. Times are Unix milliseconds. */
import { CAUSES, FRAMEWORKS, RUN_PHASES, RUN_REASONS } from '@berth/operator/plan';
import { z } from 'zod';
import { Problem } from './error.js';

const EpochMs = z.int().min(0);

export const RUN_ID_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
export const RunId = z.string().regex(RUN_ID_PATTERN).meta({ id: 'RunId' });

/** What Train sends. The notebook's path is relative to the root folder of the Jupyter server that forwards it. */
export const RunSubmission = z
  .strictObject({
    notebook: z
      .string()
      .min(1)
      .max(4096)
      .describe('Path of a notebook (.ipynb) or script (.py), from the Jupyter root, with `/`'),
    submissionId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{8,64}$/)
      .optional()
      .describe(
        'Made by the client; the same one again returns the run that exists, so a cut connection can be retried'
      ),
    framework: z.enum(FRAMEWORKS).default('torchrun'),
    processes: z.int().describe('Processes on this node; with framework `process` exactly 1').default(1),
    offer: z.string().max(64).default('cpu'),
    environment: z.string().max(64).default('default'),
    priority: z.int().min(-1000).max(1000).default(0),
    deadlineMs: z.int().min(1000).optional().describe('How long all attempts together may take'),
    graceMs: z.int().default(20_000).describe('From SIGTERM to SIGKILL when it is stopped, at most 600 000'),
    retry: z
      .partialRecord(z.enum(CAUSES), z.int().min(0).max(100))
      .optional()
      .describe('Times it is tried again, by cause'),
    variables: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), z.string().max(4096))
      .optional()
      .describe('Environment variables for the code; no secrets, they are stored')
  })
  .meta({ id: 'RunSubmission' });
export type RunSubmission = z.infer<typeof RunSubmission>;

export const RankView = z
  .strictObject({
    rank: z.int().min(0),
    state: z.enum(['running', 'ended']),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    lastError: z.string().nullable()
  })
  .meta({ id: 'Rank' });
export type RankView = z.infer<typeof RankView>;

export const AttemptView = z
  .strictObject({
    number: z.int().min(1),
    startedAtMs: EpochMs,
    endedAtMs: EpochMs.nullable(),
    resumed: z.boolean().describe('It found a checkpoint: BERTH_RESUME was 1'),
    cause: z.enum(CAUSES).nullable().describe('Null while it goes on'),
    message: z.string(),
    ranks: z.array(RankView)
  })
  .meta({ id: 'Attempt' });
export type AttemptView = z.infer<typeof AttemptView>;

export const MetricSeries = z
  .strictObject({
    name: z.string(),
    last: z.number(),
    points: z.array(z.tuple([z.number(), z.number()])).describe('[step, value], thinned out to at most 200')
  })
  .meta({ id: 'MetricSeries' });
export type MetricSeries = z.infer<typeof MetricSeries>;

export const BundleView = z
  .strictObject({
    digest: z.string().describe('sha256 of the manifest; 64 hex digits'),
    files: z.int().min(0),
    bytes: z.int().min(0),
    gitCommit: z.string().nullable(),
    gitDirty: z.boolean().nullable(),
    warnings: z.array(z.string())
  })
  .meta({ id: 'Bundle' });
export type BundleView = z.infer<typeof BundleView>;

export const RunView = z
  .strictObject({
    id: RunId,
    name: z.string().describe('The notebook without folder and ending'),
    notebook: z.string().describe('Path from the Jupyter root of the server it was submitted from'),
    phase: z.enum(RUN_PHASES),
    reason: z.strictObject({ code: z.enum(RUN_REASONS), message: z.string() }).nullable(),
    position: z.int().min(1).nullable().describe('Place in the queue of its offer; 1 is next'),
    submittedAtMs: EpochMs,
    startedAtMs: EpochMs.nullable(),
    endedAtMs: EpochMs.nullable(),
    request: RunSubmission,
    environmentHash: z.string(),
    lockHash: z
      .string()
      .describe('Of the lock of its environment: what its code finds as BERTH_LOCK_HASH; empty while not known'),
    devices: z.array(z.string()).describe('Ids of the GPUs or MIG instances that its last attempt was given'),
    bundle: BundleView,
    progress: z.number().min(0).max(1).nullable(),
    step: z.number().nullable(),
    metrics: z.array(MetricSeries),
    warnings: z.array(z.string()).describe('What is wrong with what the code reports about its progress'),
    attempts: z.array(AttemptView),
    results: z
      .strictObject({
        folder: z.string().describe('Path from the Jupyter root: beside the notebook'),
        checkpoint: z.boolean().describe('There is something in its checkpoint folder'),
        outputs: z.int().min(0).describe('Files in its output folder')
      })
      .describe('What the run left beside its notebook'),
    actions: z.array(z.enum(['cancel', 'retry', 'delete'])).describe('What can be done with it now')
  })
  .meta({ id: 'Run' });
export type RunView = z.infer<typeof RunView>;

export const RunList = z.strictObject({ runs: z.array(RunView) }).meta({ id: 'RunList' });

/** The answer to "what would happen if I pressed Train now". */
export const Verdict = z
  .strictObject({
    verdict: z.enum(['now', 'wait', 'never']),
    message: z.string().describe('One sentence for people'),
    position: z.int().min(1).nullable(),
    problems: z.array(Problem).describe('Why never; empty otherwise'),
    warnings: z
      .array(z.string())
      .describe('What does not stop the run but should be known, such as key files in the folder'),
    bundle: z
      .strictObject({ files: z.int().min(0), bytes: z.int().min(0) })
      .nullable()
      .describe('What would be sent; null where the folder could not be read')
  })
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;
