/**
 * Finds out, before anything is made, what would become of a submission: the verdict is made of it, and submitting
 * starts with the very same look. All problems are found at once.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { planScript, planVerdict } from '@berth/operator/plan';
import type { CellNote, RequestProblem, Verdict as PlannedVerdict } from '@berth/operator/plan';
import { surveyFolder } from '../../bundle/index.js';
import type { BundleLimits, FolderSurvey } from '../../bundle/index.js';
import { isPlatformError } from '../../contract/index.js';
import type { Environment, ErrorCode, Problem, RunSubmission } from '../../contract/index.js';
import type { Actor } from '../platform.js';
import { resolveEntry } from './entry-path.js';
import type { EntryPath } from './entry-path.js';
import { notebookPin, pinWarning } from './notebook-pin.js';
import type { NotebookPin } from './notebook-pin.js';
import type { RunEnvironments } from './ports.js';
import type { QueueSight } from './queue-sight.js';
import { resultsProblem } from './results-folder.js';
import { requestOf } from './run-record.js';

/** Something that stands in the way, and the error it is when it is not heeded. */
export interface Finding extends Problem {
  readonly code: ErrorCode;
}

export interface CheckedSubmission {
  readonly planned: PlannedVerdict;
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
  /** Absent where the notebook could not be found. */
  readonly entry?: EntryPath;
  /** Absent where the folder could not be read. */
  readonly survey?: FolderSurvey;
  /** The code to run; absent where none could be made. */
  readonly script?: string;
  readonly environment?: Environment;
}

export interface SubmissionCheckDeps {
  readonly environments: RunEnvironments;
  readonly bundleLimits: BundleLimits;
}

/** Looks at all that a submission needs. Nothing is changed. */
export async function checkSubmission(
  deps: SubmissionCheckDeps,
  actor: Actor,
  submission: RunSubmission,
  queue: QueueSight,
  signal?: AbortSignal
): Promise<CheckedSubmission> {
  const { capacities, entries, endsInMs } = queue;
  const planned = planVerdict(requestOf(submission), capacities, entries, { endsInMs });
  const findings: Finding[] = planned.verdict === 'never' ? planned.reasons.map(requestFinding) : [];
  const environment = await orFinding(findings, 'environment', () => deps.environments.get(submission.environment));
  const entry = await orFinding(findings, 'notebook', () => resolveEntry(actor.rootFolder, submission.notebook));
  const known = { planned, findings, ...(environment === undefined ? {} : { environment }) };
  const warnings = environmentWarnings(environment);
  if (entry === undefined) return { ...known, warnings };
  const { pin, ...ofEntry } = await checkEntry(deps, entry, submission.notebook, findings, signal);
  const pinned = pin && environment && pinWarning(pin, environment);
  if (pinned !== undefined) warnings.push(pinned);
  return { ...known, ...ofEntry, warnings: [...warnings, ...ofEntry.warnings] };
}

/** What is found where the notebook is. */
interface CheckedEntry extends Pick<CheckedSubmission, 'entry' | 'survey' | 'script' | 'warnings'> {
  readonly pin?: NotebookPin | undefined;
}

async function checkEntry(
  deps: SubmissionCheckDeps,
  entry: EntryPath,
  notebook: string,
  findings: Finding[],
  signal?: AbortSignal
): Promise<CheckedEntry> {
  const problem = await resultsProblem(entry.folder);
  if (problem !== undefined) findings.push({ code: 'invalid-input', field: 'notebook', message: problem });
  const code = await readCode(entry, notebook, findings);
  const survey = await lookAtFolder(deps, entry, notebook, findings, signal);
  return {
    entry,
    warnings: [...(code?.warnings ?? []), ...(survey?.warnings ?? [])],
    pin: code?.pin,
    ...(survey === undefined ? {} : { survey }),
    ...(code === undefined ? {} : { script: code.script })
  };
}

async function readCode(
  entry: EntryPath,
  notebook: string,
  findings: Finding[]
): Promise<{ script: string; warnings: string[]; pin?: NotebookPin | undefined } | undefined> {
  const text = await orFinding(findings, 'notebook', () => readFile(entry.file, 'utf8'));
  if (text === undefined || entry.kind === 'script')
    return text === undefined ? undefined : { script: text, warnings: [] };
  const plan = planScript(text, basename(notebook));
  if (plan.problems === undefined) {
    return { script: plan.script, warnings: plan.warnings.map(note => note.message), pin: notebookPin(text) };
  }
  findings.push(...plan.problems.map(noteFinding));
  return undefined;
}

async function lookAtFolder(
  deps: SubmissionCheckDeps,
  entry: EntryPath,
  notebook: string,
  findings: Finding[],
  signal?: AbortSignal
): Promise<FolderSurvey | undefined> {
  const look = () => surveyFolder(entry.folder, deps.bundleLimits, signal, [basename(notebook)]);
  const survey = await orFinding(findings, 'notebook', look);
  findings.push(...(survey?.problems ?? []).map((problem): Finding => ({ ...problem, code: 'too-large' })));
  return survey;
}

/** What a look finds, or `undefined` and why there is nothing. */
async function orFinding<T>(findings: Finding[], field: string, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error: unknown) {
    if (isPlatformError(error)) {
      findings.push({ code: error.code, field, message: error.message });
      return undefined;
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOENT') throw error;
    findings.push({ code: 'invalid-input', field, message: `It cannot be read (${code}).` });
    return undefined;
  }
}

/** Too much for this machine is one thing, a request that makes no sense anywhere another. */
function requestFinding({ code, field, message }: RequestProblem): Finding {
  const isCapacity = code === 'processes-too-many' || code === 'offer-unknown';
  return { code: isCapacity ? 'never-fits' : 'invalid-input', field, message };
}

function noteFinding(note: CellNote): Finding {
  const field = note.cell === undefined ? 'notebook' : `cell ${note.cell}`;
  return { code: 'invalid-input', field, message: note.message };
}

function environmentWarnings(environment: Environment | undefined): string[] {
  if (environment === undefined || environment.state === 'ready') return [];
  const { name, state, packages, message } = environment;
  if (state === 'creating') return [`The environment ${name} is being made; the run starts when it is ready.`];
  const why = state === 'failed' ? ` again (it failed: ${message})` : '';
  const what = packages.length === 0 ? '' : ` It holds ${packages.join(', ')} and what they need.`;
  return [`The environment ${name} will be made first${why}, which may take some minutes.${what}`];
}
