/** Says in the gateway's log what is announced, put off and released, and why: once for each. */
import type { GrantedSnooze, Judgement, Order, Subject } from '@berth/operator/plan';
import type { PlatformLog } from '../ports.js';
import type { Announcement } from './activity-record.js';
import { announcedMs } from './announced-subjects.js';

/** Logs what was not announced before. */
export function logAnnouncements(
  log: PlatformLog,
  boot: string,
  before: readonly Announcement[],
  judgements: readonly Judgement[]
): void {
  for (const { subject, name, next, signals } of judgements) {
    const { atMs, limit, policyOf, warnedAtMs } = next;
    if (warnedAtMs === null || warnedAtMs === announcedMs(boot, subject, before)) continue;
    const why = signals.map(({ text }) => text);
    log.info(ANNOUNCED[subject.kind], { ...fieldsOf(subject), name, atMs, limit, policyOf, why });
  }
}

/** Logs each snooze that was granted. */
export function logSnoozes(log: PlatformLog, snoozes: readonly GrantedSnooze[]): void {
  for (const { id, subject, addedMs } of snoozes)
    log.info(PUT_OFF[subject.kind], { id, ...fieldsOf(subject), addedMs });
}

/**
 * Logs the orders that were not logged before.
 * @returns those that are logged now
 */
export function logOrders(
  log: PlatformLog,
  message: string,
  orders: readonly Order[],
  logged: ReadonlySet<string>
): string[] {
  for (const { id, kernel, why } of orders) if (!logged.has(id)) log.info(message, { id, kernel, why });
  return orders.map(({ id }) => id);
}

type Messages = Readonly<Record<Subject['kind'], string>>;

const ANNOUNCED: Messages = {
  kernel: 'an idle kernel is going to be released',
  workspace: 'an idle JupyterLab may be stopped by who started it'
};

const PUT_OFF: Messages = {
  kernel: 'the release of an idle kernel is put off',
  workspace: 'the stop of an idle JupyterLab is put off'
};

function fieldsOf(subject: Subject): Record<string, string> {
  return subject.kind === 'kernel' ? { kernel: subject.id } : {};
}
