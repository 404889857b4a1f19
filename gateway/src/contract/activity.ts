/**
 * What a person sees of activity. The Jupyter server's half of Berth serves it itself, below `/berth/activity`, for it is the
 * one that both judges talk to: the gateway on one's own machine, the operator in a cluster. So no route of the gateway gives
 * it, and the OpenAPI document does not have it; it is here because pages take all their types from the contract. Times are
 * Unix milliseconds.
 */
import { Judgement, SignalView, SnoozeAnswer, Subject } from '@berth/operator/plan';
import { z } from 'zod';

const EpochMs = z.int().min(0);

/** One moment of a timeline. Processor use is in processors: 2 means that two were busy. null: not measured. */
export const TimelinePoint = z
  .strictObject({
    atMs: EpochMs,
    state: z.string(),
    cpu: z.number().min(0).nullable(),
    gpu: z.number().min(0).max(100).nullable(),
    input: z.boolean().describe('Whether a person did something since the point before')
  })
  .meta({ id: 'TimelinePoint' });
export type TimelinePoint = z.infer<typeof TimelinePoint>;

export const Timeline = z
  .strictObject({
    kernel: z.string().nullable().describe('null: all that belongs to no kernel'),
    name: z.string(),
    points: z.array(TimelinePoint).describe('Oldest first')
  })
  .meta({ id: 'Timeline' });
export type Timeline = z.infer<typeof Timeline>;

/** Something that was stopped for being idle, kept until the person has seen it. */
export const ActivityStop = z
  .strictObject({
    id: z.string(),
    subject: Subject,
    name: z.string(),
    path: z.string().nullable().describe('The notebook of the kernel'),
    kernelName: z.string().nullable().describe('The kernelspec that it was started from'),
    atMs: EpochMs,
    why: z.string(),
    signals: z.array(SignalView),
    open: z.array(z.string()).describe('Notebooks that had a kernel when the workspace was stopped')
  })
  .meta({ id: 'ActivityStop' });
export type ActivityStop = z.infer<typeof ActivityStop>;

/** The answer to `GET /berth/activity`, and, without timelines, what the event `https://events.berth.dev/activity/v1` carries as `view`. */
export const ActivityView = z
  .strictObject({
    nowMs: EpochMs.describe('The clock of the Jupyter server: count down by it'),
    judge: z.enum(['gateway', 'operator']).nullable().describe('null: nobody judges yet, so nothing is stopped'),
    judgedMs: EpochMs.nullable(),
    enabled: z.boolean(),
    dryRun: z.boolean(),
    problems: z.array(z.string()),
    judgements: z.array(Judgement),
    stops: z.array(ActivityStop),
    asking: z.array(z.string()).describe('Ids of snoozes that the judge has not answered yet'),
    timelines: z.array(Timeline)
  })
  .meta({ id: 'ActivityView' });
export type ActivityView = z.infer<typeof ActivityView>;

/** The answer to `POST /berth/activity/snooze` with `{ "subject": … }`: 200 with the judge's answer, or 202 with `null` while it has none. */
export const SnoozeReply = SnoozeAnswer.nullable();
export type SnoozeReply = z.infer<typeof SnoozeReply>;

export type { Judgement, PolicyPart, SignalView, Subject } from '@berth/operator/plan';
