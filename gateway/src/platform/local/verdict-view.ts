/** Decides what a person reads about a submission before it is made, and which error it is when it cannot be. */
import { HTTP_STATUS, PlatformError } from '../../contract/index.js';
import type { ErrorCode, RunSubmission, Verdict } from '../../contract/index.js';
import type { CheckedSubmission, Finding } from './submission-check.js';

const MOST_NAMED = 3;
/** Of several, the first of these is the one to answer with. */
const PRECEDENCE: readonly ErrorCode[] = ['not-found', 'invalid-input', 'too-large', 'never-fits'];

/** The verdict in words. */
export function verdictView(submission: RunSubmission, checked: CheckedSubmission): Verdict {
  const { planned, findings, survey } = checked;
  const verdict = findings.length > 0 ? 'never' : planned.verdict;
  return {
    verdict,
    message: findings[0]?.message ?? messageOf(submission, checked),
    position: verdict === 'wait' && planned.verdict === 'wait' ? planned.position : null,
    problems: findings.map(({ field, message }) => ({ field, message })),
    warnings: [...checked.warnings],
    bundle: survey === undefined ? null : { files: survey.files.length, bytes: survey.bytes }
  };
}

/** The one error for all that stands in the way. */
export function submissionError(findings: readonly Finding[]): PlatformError {
  const rank = ({ code }: Finding): number =>
    PRECEDENCE.includes(code) ? PRECEDENCE.indexOf(code) : PRECEDENCE.length;
  const [first] = [...findings].sort((a, b) => rank(a) - rank(b) || HTTP_STATUS[a.code] - HTTP_STATUS[b.code]);
  const problems = findings.map(({ field, message }) => ({ field, message }));
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return new PlatformError(first?.code ?? 'invalid-input', `${first?.message ?? 'It cannot be run.'}${more}`, {
    problems
  });
}

/** Who keeps slots busy without being in the queue; empty when nobody does. */
export function blockedNames(blockedBy: readonly string[] = []): string {
  return [...new Set(blockedBy)].slice(0, MOST_NAMED).join(' and ');
}

function messageOf(submission: RunSubmission, { planned, environment }: CheckedSubmission): string {
  const { processes, offer } = submission;
  const what = `${processes} ${processes === 1 ? 'process' : 'processes'} on ${offer}`;
  if (planned.verdict === 'wait') {
    const eta =
      planned.etaMs === undefined ? '' : ` At the latest it starts in ${Math.ceil(planned.etaMs / 60_000)} min.`;
    const use = `${planned.slotsInUse} of ${planned.slots} slots are in use`;
    const others = blockedNames(planned.blockedBy);
    const by = others === '' ? '' : `, ${planned.blockedBy?.length} of them by ${others}`;
    return `Waits for ${what}, place ${planned.position} in line: ${use}${by}.${eta}`;
  }
  if (environment?.state === 'ready') return `Starts at once: ${what}.`;
  return `Starts when its environment is made: ${what}.`;
}
