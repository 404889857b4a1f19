/** The course of the dialog "New environment": check what is typed, read the file, send; nothing typed is lost on a failure. */
import type { Environment, EnvironmentRequest } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { GatewayClient } from '../../shared/gateway-client.js';
import { GatewayError, toGatewayError } from '../../shared/gateway-error.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import {
  sortProblems,
  toRequest,
  typingProblems,
  type CreateField,
  type ICreateForm,
  type TypingProblem
} from './create-form.js';

export interface ICreateOptions {
  readonly client: Pick<GatewayClient, 'createEnvironment'>;
  readonly initial: ICreateForm;
  /** Names that there are. */
  readonly taken: readonly string[];
  /** What the kernel of the notebook in front has; null: nothing that could be read. */
  readonly facts: IKernelFacts | null;
  readonly trans: TranslationBundle;
  readonly readFile: (path: string) => Promise<string>;
  readonly onDone: (environment: Environment) => void;
}

export interface ICreate {
  readonly form: ICreateForm;
  /** What is wrong at each field, as far as the person has been there. */
  readonly problems: Partial<Record<CreateField, string>>;
  readonly submitting: boolean;
  /** Another number after each try that came to nothing. */
  readonly refusals: number;
  /** Why the last try failed, without what the fields say. */
  readonly error: GatewayError | null;
  readonly change: <F extends CreateField>(field: F, value: ICreateForm[F]) => void;
  readonly submit: () => void;
  /** Gives up a try that is under way. */
  readonly abort: () => void;
}

export function useCreate(options: ICreateOptions): ICreate {
  const { initial, taken, facts, trans } = options;
  const [form, setForm] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<CreateField>>(new Set());
  const [refused, setRefused] = useState(0);
  const sending = useSending(options);
  const typing = useMemo(() => typingProblems(form, taken, facts), [form, taken, facts]);
  const problems = useMemo(() => {
    const shown = Object.entries(typing).filter(([field]) => touched.has(field as CreateField));
    const typed = shown.map(([field, problem]) => [field, typingText(problem, trans)]);
    return {
      ...sortProblems(sending.error?.problems ?? [], form.source).atField,
      ...(Object.fromEntries(typed) as Partial<Record<CreateField, string>>)
    };
  }, [typing, touched, sending.error, form.source, trans]);
  return {
    form,
    problems,
    submitting: sending.submitting,
    refusals: refused + sending.refusals,
    error: withoutFields(sending.error, form),
    change: (field, value) => {
      setForm(old => ({ ...old, [field]: value }));
      setTouched(old => new Set([...old, field]));
    },
    submit: () => {
      setTouched(new Set(Object.keys(typing) as CreateField[]));
      if (Object.keys(typing).length > 0) setRefused(old => old + 1);
      else if (!sending.submitting) void sending.send(form);
    },
    abort: sending.abort
  };
}

interface ISending {
  readonly submitting: boolean;
  readonly refusals: number;
  readonly error: GatewayError | null;
  readonly send: (form: ICreateForm) => Promise<void>;
  readonly abort: () => void;
}

function useSending({ client, facts, readFile, onDone }: ICreateOptions): ISending {
  const [submitting, setSubmitting] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const [error, setError] = useState<GatewayError | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const send = async (form: ICreateForm): Promise<void> => {
    const own = new AbortController();
    abort.current = own;
    setSubmitting(true);
    setError(null);
    try {
      const request = await requestOf(form, facts, readFile);
      onDone(await client.createEnvironment(request, own.signal));
    } catch (thrown: unknown) {
      if (own.signal.aborted) return;
      setError(failureOf(thrown));
      setRefusals(old => old + 1);
    } finally {
      if (!own.signal.aborted) setSubmitting(false);
    }
  };
  return { submitting, refusals, error, send, abort: () => abort.current?.abort() };
}

async function requestOf(
  form: ICreateForm,
  facts: IKernelFacts | null,
  readFile: (path: string) => Promise<string>
): Promise<EnvironmentRequest> {
  const path = form.source === 'file' ? form.file.trim() : '';
  return toRequest(form, path === '' ? null : await readFile(path), facts);
}

/** A name that somebody else has taken meanwhile is a problem of its field. */
function failureOf(thrown: unknown): GatewayError {
  const error = toGatewayError(thrown);
  if (error.code !== 'conflict' || error.problems.length > 0) return error;
  const problems = [{ field: 'name', message: error.message }];
  return new GatewayError(error.code, error.message, error.requestId, problems);
}

/** What no field says. */
function withoutFields(error: GatewayError | null, { source }: ICreateForm): GatewayError | null {
  if (error === null) return null;
  const { atField, others } = sortProblems(error.problems, source);
  return Object.keys(atField).length > 0 && others.length === 0 ? null : error;
}

function typingText(problem: TypingProblem, trans: TranslationBundle): string {
  switch (problem) {
    case 'name':
      return trans.__('Lower-case letters, digits and hyphens, at most 48, such as pandas-work.');
    case 'taken':
      return trans.__('There is an environment of this name; a name never changes what it stands for.');
    case 'missing':
      return trans.__('Please fill this in.');
    case 'python':
      return trans.__('A version such as 3.12 or 3.12.4.');
    case 'no-kernel':
      return trans.__('No Python kernel that could be read is running in the notebook in front.');
  }
}
