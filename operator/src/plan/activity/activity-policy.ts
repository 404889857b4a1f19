/** When idle compute is released and an idle workspace is stopped: what administrators and people may say of it. */
import { z } from 'zod';

const LONGEST_S = 366 * 24 * 3600;
/** How long it must be idle; null: never for that reason alone. */
const Limit = z.int().min(1).max(LONGEST_S).nullable();

export const IdleLimits = z
  .strictObject({
    softSeconds: Limit.describe('Idle that long, it goes when somebody waits for what it holds'),
    hardSeconds: Limit.describe('Idle that long, it goes in any case')
  })
  .meta({ id: 'IdleLimits' });
export type IdleLimits = z.infer<typeof IdleLimits>;

export const ActivityPolicy = z
  .strictObject({
    enabled: z.boolean().describe('false: nothing is stopped and nothing announced'),
    dryRun: z.boolean().describe('true: what would have been stopped is said, and goes on'),
    kernel: IdleLimits,
    workspace: IdleLimits,
    busyMaxSeconds: Limit.describe(
      'A cell that is busy without using processor, GPU or disk counts as idle after so long'
    ),
    unknownMaxSeconds: Limit.describe('What cannot be observed for so long counts as idle from then on'),
    warnSeconds: z.int().min(0).max(LONGEST_S).describe('It is announced at least so long before'),
    snooze: z.strictObject({
      stepSeconds: z.int().min(1).max(LONGEST_S).describe('What one snooze adds'),
      budgetSeconds: z.int().min(0).max(LONGEST_S).describe('What all snoozes together may add'),
      perSeconds: z.int().min(1).max(LONGEST_S).describe('The time over which the budget is counted')
    })
  })
  .meta({ id: 'ActivityPolicy' });
export type ActivityPolicy = z.infer<typeof ActivityPolicy>;

/** Who says what: a later one says it over an earlier one, but a person can only be stricter. */
export const POLICY_LAYERS = ['platform', 'class', 'team', 'person'] as const;
export type PolicyLayer = (typeof POLICY_LAYERS)[number];

/** What one layer says; what it leaves out is as the layer before says. */
export const PolicyPart = z
  .strictObject({
    enabled: ActivityPolicy.shape.enabled.optional(),
    dryRun: ActivityPolicy.shape.dryRun.optional(),
    kernel: IdleLimits.partial().optional(),
    workspace: IdleLimits.partial().optional(),
    busyMaxSeconds: ActivityPolicy.shape.busyMaxSeconds.optional(),
    unknownMaxSeconds: ActivityPolicy.shape.unknownMaxSeconds.optional(),
    warnSeconds: ActivityPolicy.shape.warnSeconds.optional(),
    snooze: ActivityPolicy.shape.snooze.partial().optional()
  })
  .meta({ id: 'PolicyPart' });
export type PolicyPart = z.infer<typeof PolicyPart>;

/** On one's own machine nothing goes unless somebody waits for it. */
export const LOCAL_POLICY: ActivityPolicy = {
  enabled: true,
  dryRun: false,
  kernel: { softSeconds: 3600, hardSeconds: null },
  workspace: { softSeconds: null, hardSeconds: null },
  busyMaxSeconds: 24 * 3600,
  unknownMaxSeconds: 24 * 3600,
  warnSeconds: 300,
  snooze: { stepSeconds: 1800, budgetSeconds: 4 * 3600, perSeconds: 24 * 3600 }
};

/** In a cluster what is forgotten is stopped overnight. */
export const CLUSTER_POLICY: ActivityPolicy = {
  ...LOCAL_POLICY,
  kernel: { softSeconds: 3600, hardSeconds: 8 * 3600 },
  workspace: { softSeconds: 4 * 3600, hardSeconds: 12 * 3600 }
};
