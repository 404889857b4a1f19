/**
 * What the agent and its judge tell each other. Locally the agent asks the gateway; in a cluster the operator asks the agent: the
 * bodies are the same. Both sides may lose any message: readings are asked for again from a place in the agent's memory, snoozes
 * and orders carry ids and are carried out once.
 */
import { z } from 'zod';
import { PolicyPart } from './activity-policy.js';
import { Evidence } from './evidence.js';
import { Judgement, SignalView, Subject } from './judgement.js';

const EpochMs = z.int().min(0);
const Id = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

/** A place in the readings that one life of an agent has made. */
export const ReadingCursor = z.strictObject({ boot: Id, seq: z.int().min(0) }).meta({ id: 'ReadingCursor' });
export type ReadingCursor = z.infer<typeof ReadingCursor>;

const seq = z.int().min(1).describe('Counts from 1 in one life of the agent');
export const NumberedReading = z.union([
  z.strictObject({ seq, t: z.number().min(0), evidence: Evidence }),
  z.strictObject({ seq, t: z.number().min(0), failed: z.string().max(500) })
]);

export const SnoozeRequest = z
  .strictObject({ id: Id, subject: Subject, askedMs: EpochMs })
  .meta({ id: 'SnoozeRequest' });
export type SnoozeRequest = z.infer<typeof SnoozeRequest>;

export const AgentSays = z
  .strictObject({
    version: z.literal(1),
    boot: Id.describe('New at each start of the agent'),
    nowMs: EpochMs.describe('The agent’s clock'),
    readEveryMs: z.int().min(100),
    readings: z
      .array(NumberedReading)
      .max(2000)
      .describe('Those after the judge’s cursor, oldest first; all that are kept if the cursor is of another life'),
    snoozes: z.array(SnoozeRequest).max(50).describe('Asked for and not answered yet'),
    done: z.array(Id).max(100).describe('Orders that were carried out, until the judge no longer gives them'),
    wish: PolicyPart.nullable().describe('What the person asks for: it can only be stricter')
  })
  .meta({ id: 'AgentSays' });
export type AgentSays = z.infer<typeof AgentSays>;

/** `stopping` comes before a workspace is stopped, so that the agent can note it down for the person who comes back. */
export const Order = z
  .strictObject({
    id: Id,
    kind: z.enum(['release', 'stopping']),
    kernel: z.string().nullable(),
    atMs: EpochMs,
    why: z.string().describe('For people: what was measured, for how long, and whose limit it was'),
    signals: z.array(SignalView).max(20)
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;

export const SnoozeAnswer = z
  .strictObject({ id: Id, granted: z.boolean(), untilMs: EpochMs.nullable(), message: z.string() })
  .meta({ id: 'SnoozeAnswer' });
export type SnoozeAnswer = z.infer<typeof SnoozeAnswer>;

export const JudgeSays = z
  .strictObject({
    version: z.literal(1),
    judge: z.enum(['gateway', 'operator']),
    nowMs: EpochMs,
    cursor: ReadingCursor.nullable().describe('The last reading that the judge has; null: send all'),
    nextInMs: z.int().min(0).describe('When the judge wants to hear more, at the latest'),
    judgements: z.array(Judgement).max(1001),
    orders: z.array(Order).max(1001),
    snoozes: z.array(SnoozeAnswer).max(50),
    dryRun: z.boolean(),
    enabled: z.boolean(),
    problems: z.array(z.string()).max(50).describe('What is wrong with the policy; then nothing is stopped')
  })
  .meta({ id: 'JudgeSays' });
export type JudgeSays = z.infer<typeof JudgeSays>;
