/** What the dialog "New environment" holds, and the request that it becomes. Pure. */
import type { EnvironmentRequest, LockedPackage, Problem } from '@berth/gateway/contract';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { isEnvironmentName } from '../pin/suggested-name.js';
import { lockKindOf } from './lock-kind.js';

export const SOURCES = ['packages', 'file', 'kernel', 'notebook'] as const;
export type SourceKind = (typeof SOURCES)[number];

/** As typed. */
export interface ICreateForm {
  readonly name: string;
  readonly source: SourceKind;
  /** One requirement a line. */
  readonly packages: string;
  /** Path of a lock or requirements file; its text wins over what is pasted. */
  readonly file: string;
  /** The pasted text of one. */
  readonly text: string;
  readonly notebook: string;
  /** Empty: the server's own. */
  readonly python: string;
  readonly allowBuilds: boolean;
}

export type CreateField = keyof ICreateForm;

export const EMPTY_FORM: ICreateForm = {
  name: '',
  source: 'packages',
  packages: '',
  file: '',
  text: '',
  notebook: '',
  python: '',
  allowBuilds: false
};

export type TypingProblem = 'name' | 'taken' | 'missing' | 'python' | 'no-kernel';
export type TypingProblems = Partial<Record<CreateField, TypingProblem>>;

const PYTHON = /^3\.\d{1,2}(\.\d{1,2})?$/;

/**
 * What cannot even be sent; everything else the gateway judges.
 *
 * @param taken - Names that there are.
 * @param facts - What the running kernel has; null: there is none that could be read.
 */
export function typingProblems(
  form: ICreateForm,
  taken: readonly string[],
  facts: IKernelFacts | null
): TypingProblems {
  const problems: TypingProblems = {};
  const name = form.name.trim();
  if (!isEnvironmentName(name)) problems.name = 'name';
  else if (taken.includes(name)) problems.name = 'taken';
  const python = form.python.trim();
  if (python !== '' && !PYTHON.test(python)) problems.python = 'python';
  return { ...problems, ...sourceProblem(form, facts) };
}

function sourceProblem(form: ICreateForm, facts: IKernelFacts | null): TypingProblems {
  switch (form.source) {
    case 'packages':
      return isEmpty(form.packages) ? { packages: 'missing' } : {};
    case 'file':
      return isEmpty(form.file + form.text) ? { file: 'missing' } : {};
    case 'kernel':
      return facts === null || pinnable(facts).length === 0 ? { source: 'no-kernel' } : {};
    case 'notebook':
      return isEmpty(form.notebook) ? { notebook: 'missing' } : {};
  }
}

function isEmpty(text: string): boolean {
  return text.trim() === '';
}

/** What of the kernel can be had again: what came from an index, with a version. */
export function pinnable({ packages, local }: IKernelFacts): LockedPackage[] {
  return Object.entries(packages)
    .filter(([name, version]) => version !== '' && !local.includes(name))
    .map(([name, version]) => ({ name, version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What of the kernel cannot be had again, by name. */
export function leftOut(facts: IKernelFacts): string[] {
  const kept = new Set(pinnable(facts).map(({ name }) => name));
  return Object.keys(facts.packages)
    .filter(name => !kept.has(name))
    .sort();
}

/**
 * The request; only of a form without typing problems.
 *
 * @param fileText - Text of the file at `form.file`; null where none is named.
 */
export function toRequest(form: ICreateForm, fileText: string | null, facts: IKernelFacts | null): EnvironmentRequest {
  const request: EnvironmentRequest = {
    name: form.name.trim(),
    source: toSource(form, fileText, facts),
    allowBuilds: form.allowBuilds
  };
  const python = form.python.trim() || (form.source === 'kernel' && facts !== null ? kernelPython(facts) : '');
  return python === '' ? request : { ...request, python };
}

function toSource(
  form: ICreateForm,
  fileText: string | null,
  facts: IKernelFacts | null
): EnvironmentRequest['source'] {
  switch (form.source) {
    case 'packages':
      return { kind: 'requirements', text: form.packages };
    case 'file': {
      const text = fileText ?? form.text;
      return { kind: lockKindOf(text), text };
    }
    case 'kernel':
      return { kind: 'kernel', packages: facts === null ? [] : pinnable(facts) };
    case 'notebook':
      return { kind: 'notebook', path: form.notebook.trim() };
  }
}

/** The kernel's own version, so that the same wheels fit. */
function kernelPython({ python }: IKernelFacts): string {
  const version = /^3\.\d{1,2}/.exec(python)?.[0] ?? '';
  return PYTHON.test(version) ? version : '';
}

export interface ISortedProblems {
  readonly atField: Partial<Record<CreateField, string>>;
  readonly others: readonly Problem[];
}

/** Each problem of the gateway's at the field that can mend it, the rest apart. */
export function sortProblems(problems: readonly Problem[], source: SourceKind): ISortedProblems {
  const atField: Partial<Record<CreateField, string>> = {};
  const others: Problem[] = [];
  for (const problem of problems) {
    const field = fieldOf(problem.field, source);
    if (field === null) others.push(problem);
    else atField[field] = atField[field] === undefined ? problem.message : `${atField[field]} ${problem.message}`;
  }
  return { atField, others };
}

function fieldOf(path: string, source: SourceKind): CreateField | null {
  if (path === 'name' || path === 'python' || path === 'allowBuilds') return path;
  if (path !== 'source' && !path.startsWith('source.')) return null;
  return source === 'kernel' ? 'source' : source;
}
