/** Subjects compared and found again. Pure. */
import type { Judgement, Subject } from '@berth/gateway/contract';

export const WORKSPACE: Subject = { kind: 'workspace' };

/** The same for the same subject, and for no other. */
export function subjectKey(subject: Subject): string {
  return subject.kind === 'kernel' ? `kernel ${subject.id}` : subject.kind;
}

/** Undefined where nothing is said of it. */
export function judgementOf(judgements: readonly Judgement[], subject: Subject): Judgement | undefined {
  const key = subjectKey(subject);
  return judgements.find(it => subjectKey(it.subject) === key);
}
