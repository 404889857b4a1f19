/** The course of one Train dialog: save, check, submit; what was typed outlives every failure. */
import type { RunSubmission, RunView, Verdict } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { GatewayClient } from '../../shared/gateway-client.js';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';
import { useVerdict, type IVerdictState } from '../../shared/use-verdict.js';
import {
  sortProblems,
  toSubmission,
  typingProblems,
  withField,
  type ISortedProblems,
  type ITrainForm,
  type TrainField
} from './train-form.js';

export interface ITrainOptions {
  readonly client: Pick<GatewayClient, 'verdict' | 'submit'>;
  readonly notebook: string;
  /** One for the whole dialog: a submission that is sent twice makes one run. */
  readonly submissionId: string;
  readonly initial: ITrainForm;
  readonly trans: TranslationBundle;
  /** Another value whenever the verdict may have changed by itself. */
  readonly world: unknown;
  /** Saves the notebook if there is something to save; says whether there was. */
  readonly save: () => Promise<boolean>;
  readonly onDone: (run: RunView, form: ITrainForm) => void;
}

export type SaveState = 'saving' | 'saved' | 'nothing' | 'failed';

export interface ITrain {
  readonly form: ITrainForm;
  readonly saved: SaveState;
  readonly verdict: IVerdictState;
  readonly problems: ISortedProblems;
  /** What is typed is no request yet. */
  readonly incomplete: boolean;
  readonly submitting: boolean;
  /** Why the last submission failed. */
  readonly error: GatewayError | null;
  readonly canSubmit: boolean;
  readonly change: (field: TrainField, value: string) => void;
  readonly submit: () => void;
  /** Gives up a submission that is under way. */
  readonly abort: () => void;
}

export function useTrain(options: ITrainOptions): ITrain {
  const { client, notebook, submissionId, initial, trans } = options;
  const [form, setForm] = useState(initial);
  const saving = useSaving(options.save);
  const typing = useMemo(() => typingProblems(form), [form]);
  const submission = useMemo(
    () => (Object.keys(typing).length > 0 ? null : toSubmission(form, notebook, submissionId)),
    [form, typing, notebook, submissionId]
  );
  const ask = useCallback(
    (wanted: RunSubmission, signal: AbortSignal): Promise<Verdict> => client.verdict(wanted, signal),
    [client]
  );
  const verdict = useVerdict(ask, saving.state === 'saving' ? null : submission, options.world);
  const sending = useSending(options, form);
  const problems = useMemo(() => {
    const sorted = sortProblems(verdict.verdict?.problems ?? verdict.error?.problems ?? []);
    const others = verdict.verdict === null ? [] : sorted.others; // an error shows its own
    return { others, atField: { ...sorted.atField, ...typingMessages(typing, trans) } };
  }, [verdict, typing, trans]);
  const canSubmit = submission !== null && !sending.submitting && verdict.verdict?.verdict !== 'never';
  return {
    form,
    saved: saving.state,
    verdict,
    problems,
    incomplete: submission === null,
    submitting: sending.submitting,
    error: sending.error,
    canSubmit,
    change: (field, value) => setForm(old => withField(old, field, value)),
    submit: () => {
      if (canSubmit) void sending.send(submission);
    },
    abort: sending.abort
  };
}

function useSaving(save: () => Promise<boolean>): { readonly state: SaveState } {
  const [state, setState] = useState<SaveState>('saving');
  const first = useRef(save);
  useEffect(() => {
    let gone = false;
    const settle = (next: SaveState): void => {
      if (!gone) setState(next);
    };
    first.current().then(
      saved => settle(saved ? 'saved' : 'nothing'),
      () => settle('failed')
    );
    return () => {
      gone = true;
    };
  }, []);
  return { state };
}

interface ISending {
  readonly submitting: boolean;
  readonly error: GatewayError | null;
  readonly send: (submission: RunSubmission) => Promise<void>;
  readonly abort: () => void;
}

function useSending({ client, save, onDone }: ITrainOptions, form: ITrainForm): ISending {
  const [submitting, setSubmitting] = useState(false);
  const [error, setError] = useState<GatewayError | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const send = async (submission: RunSubmission): Promise<void> => {
    const own = new AbortController();
    abort.current = own;
    setSubmitting(true);
    setError(null);
    try {
      await save(); // What cells have printed since the dialog opened belongs to the snapshot.
      const run = await client.submit(submission, own.signal);
      onDone(run, form);
    } catch (thrown: unknown) {
      if (own.signal.aborted) return;
      setError(toGatewayError(thrown));
    } finally {
      if (!own.signal.aborted) setSubmitting(false);
    }
  };
  return { submitting, error, send, abort: () => abort.current?.abort() };
}

function typingMessages(
  problems: ReturnType<typeof typingProblems>,
  trans: TranslationBundle
): Partial<Record<TrainField, string>> {
  const words = {
    'whole-number': trans.__('Please give a whole number.'),
    number: trans.__('Please give a number above 0.')
  };
  return Object.fromEntries(Object.entries(problems).map(([field, kind]) => [field, words[kind]]));
}
