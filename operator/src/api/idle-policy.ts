/**
 * When idle compute is released and idle workspaces are stopped, as it stands in a custom resource. The same as the plan's policy, but that
 * the API server has no value that may be a number or null: 0 stands for "never".
 */
import { z } from 'zod';
import { type Rule, withRules } from './schema/rule.js';

const LONGEST_S = 366 * 24 * 3600;

const seconds = (min: number) => z.int().min(min).max(LONGEST_S);
const limit = () => seconds(0).optional();

const SOFT_IS_FIRST: Rule = {
  rule: '!has(self.softSeconds) || !has(self.hardSeconds) || self.softSeconds == 0 || self.hardSeconds == 0 || self.softSeconds <= self.hardSeconds',
  message: 'the soft limit comes before the hard one: softSeconds is at most hardSeconds',
  fieldPath: '.softSeconds'
};

const STEP_FITS_BUDGET: Rule = {
  rule: '!has(self.stepSeconds) || !has(self.budgetSeconds) || self.budgetSeconds == 0 || self.stepSeconds <= self.budgetSeconds',
  message: 'one snooze adds at most what all together may: stepSeconds is at most budgetSeconds, or budgetSeconds is 0',
  fieldPath: '.stepSeconds'
};

const Limits = withRules(
  z.strictObject({
    softSeconds: limit().describe('Idle that long, it goes when somebody waits for what it holds. 0: never for that.'),
    hardSeconds: limit().describe('Idle that long, it goes in any case. 0: never for that alone.')
  }),
  SOFT_IS_FIRST
);

const limits = {
  kernel: Limits.optional().describe('When an idle kernel is shut down and its compute released.'),
  workspace: Limits.optional().describe('When an idle workspace is stopped. Its home is kept.'),
  busyMaxSeconds: limit().describe(
    'A cell that is busy without using processor, GPU or disk counts as idle after so long. 0: never.'
  ),
  unknownMaxSeconds: limit().describe('What cannot be observed for so long counts as idle from then on. 0: never.')
};

const Snooze = withRules(
  z.strictObject({
    stepSeconds: seconds(1).optional().describe('What one snooze adds.'),
    budgetSeconds: seconds(0).optional().describe('What all snoozes together may add.'),
    perSeconds: seconds(1).optional().describe('The time over which the budget is counted.')
  }),
  STEP_FITS_BUDGET
);

/** A person says when, and nothing about whether and how. */
export const PersonsIdlePolicy = z.strictObject(limits);
export type PersonsIdlePolicy = z.output<typeof PersonsIdlePolicy>;

/** An administrator's. */
export const IdlePolicy = z.strictObject({
  enabled: z.boolean().optional().describe('False: nothing is released or stopped, and nothing is announced.'),
  dryRun: z.boolean().optional().describe('True: what would have been stopped is said, and goes on.'),
  ...limits,
  warnSeconds: seconds(0).optional().describe('It is announced at least so long before.'),
  snooze: Snooze.optional().describe('How far a person may put it off.')
});
export type IdlePolicy = z.output<typeof IdlePolicy>;
