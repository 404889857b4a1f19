/** Decides what is announced as of now, for the record and the log. */
import { isSame } from '@berth/operator/plan';
import type { Judgement, Subject } from '@berth/operator/plan';
import type { Announcement } from './activity-record.js';

/** Since when each of an agent's subjects is announced to be released or stopped; others are left out. */
export function announcedSubjects(boot: string, judgements: readonly Judgement[]): Announcement[] {
  return judgements.flatMap(({ subject, next: { warnedAtMs, limit } }) =>
    warnedAtMs === null ? [] : [{ boot, subject, atMs: warnedAtMs, limit }]
  );
}

/** When an agent's subject was announced; undefined: it is not. */
export function announcedMs(
  boot: string,
  subject: Subject,
  announcements: readonly Announcement[]
): number | undefined {
  return announcements.find(one => one.boot === boot && isSame(one.subject, subject))?.atMs;
}
