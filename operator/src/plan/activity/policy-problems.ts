/** Finds all that is wrong with a policy that somebody wrote, at once: where, what, and what would be right. */
import { PolicyPart } from './activity-policy.js';
import { nearestName } from './nearest-name.js';

const LONGEST = 366 * 24 * 3600;
/** Of what is no name of ours so much is looked at and shown. */
const LONGEST_NAME = 64;
const SWITCH = 'true or false';
const LIMIT = `a whole number of seconds from 1 to ${LONGEST}, or null for never`;
const GROUP = 'an object of settings';
const seconds = (least: number): string => `a whole number of seconds from ${least} to ${LONGEST}`;

/** What would be right, by the dotted name of the field. */
const RIGHT: Readonly<Record<string, string>> = {
  enabled: SWITCH,
  dryRun: SWITCH,
  kernel: GROUP,
  'kernel.softSeconds': LIMIT,
  'kernel.hardSeconds': LIMIT,
  workspace: GROUP,
  'workspace.softSeconds': LIMIT,
  'workspace.hardSeconds': LIMIT,
  busyMaxSeconds: LIMIT,
  unknownMaxSeconds: LIMIT,
  warnSeconds: seconds(0),
  snooze: GROUP,
  'snooze.stepSeconds': seconds(1),
  'snooze.budgetSeconds': seconds(0),
  'snooze.perSeconds': seconds(1)
};

/** The part of a policy that `value` is, or all that is wrong with it. `where` says where it was written: a file, a field. */
export function readPolicyPart(value: unknown, where: string): { part: PolicyPart } | { problems: readonly string[] } {
  const read = PolicyPart.safeParse(value);
  const problems = read.success
    ? contradictions(read.data)
    : read.error.issues.flatMap(issue =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map(key => unknownKey([...issue.path, key].join('.')))
          : [wrongValue(issue.path.join('.'), value)]
      );
  if (read.success && problems.length === 0) return { part: read.data };
  return { problems: problems.map(problem => `${where}: ${problem}`) };
}

function wrongValue(field: string, value: unknown): string {
  if (field === '') return `it is ${shown(value)}; want ${GROUP}`;
  return `${field} is ${shown(valueAt(value, field))}; want ${RIGHT[field] ?? GROUP}`;
}

function unknownKey(written: string): string {
  const field = written.length > LONGEST_NAME ? `${written.slice(0, LONGEST_NAME)}…` : written;
  const names = Object.keys(RIGHT);
  const group = field.split('.').slice(0, -1).join('.');
  const siblings = names.filter(name => name.split('.').slice(0, -1).join('.') === group);
  const nearest = names.find(name => name.endsWith(`.${field}`)) ?? nearestName(field, siblings);
  const right = nearest === undefined ? `want one of ${siblings.join(', ')}` : `did you mean ${nearest}?`;
  return `${field} is no setting; ${right}`;
}

function contradictions({ kernel, workspace, snooze }: PolicyPart): string[] {
  const { stepSeconds, budgetSeconds } = snooze ?? {};
  return [
    ...isMore(['kernel.softSeconds', kernel?.softSeconds], ['kernel.hardSeconds', kernel?.hardSeconds]),
    ...isMore(['workspace.softSeconds', workspace?.softSeconds], ['workspace.hardSeconds', workspace?.hardSeconds]),
    // A budget of 0 allows no snooze at all, however long one would be.
    ...(budgetSeconds === 0 ? [] : isMore(['snooze.stepSeconds', stepSeconds], ['snooze.budgetSeconds', budgetSeconds]))
  ];
}

type Said = readonly [field: string, value: number | null | undefined];

function isMore([field, value]: Said, [limit, most]: Said): string[] {
  if (typeof value !== 'number' || typeof most !== 'number' || value <= most) return [];
  return [`${field} is ${value}, more than ${limit}, which is ${most}; want at most as much`];
}

function valueAt(value: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
