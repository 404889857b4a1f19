/** A trace: one scenario with what the agent would see of it, and what must and must not happen. The corpus is made of these. */
import { z } from 'zod';
import { PolicyPart } from './activity-policy.js';
import { Reading } from './evidence.js';

const Seconds = z.number().min(0);

export const Expectation = z
  .strictObject({
    t_from: Seconds,
    t_to: Seconds,
    kernel: z.string().optional(),
    workspace: z.literal(true).optional(),
    must: z.enum(['keep', 'stop']).describe('keep: not stopped within this time; stop: stopped within it, or before')
  })
  .refine(
    ({ kernel, workspace }) => (kernel === undefined) !== (workspace === undefined),
    'name either a kernel or the workspace'
  )
  .meta({ id: 'Expectation', oneOf: [{ required: ['kernel'] }, { required: ['workspace'] }] });

export const Trace = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    why: z.string().min(1).describe('The scenario and why this outcome is right'),
    source: z.enum(['recorded', 'synthetic']),
    policy: PolicyPart.describe('On top of the policy of a cluster'),
    samples: z.array(Reading).min(1),
    demand: z.array(z.strictObject({ t: Seconds, waiting: z.boolean() })),
    expect: z.array(Expectation).min(1)
  })
  .meta({ id: 'Trace' });
export type Trace = z.infer<typeof Trace>;
