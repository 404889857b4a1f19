/** The course of one dialog "Compute and environment": what is chosen, what it would do, and the question before it. */
import type { KernelRequest, Verdict } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { GatewayClient } from '../../shared/gateway-client.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { useConnection, useGatewayState } from '../../shared/use-gateway.js';
import { useSignalValue } from '../../shared/use-signal-value.js';
import { useVerdict, type IVerdictState } from '../../shared/use-verdict.js';
import { applyEffect, initialChoice, releaseRequest, toRequest, type IComputeChoice } from './compute-choice.js';
import type { IComputeView, NotebookCompute } from './notebook-compute.js';

export interface IComputeDialogOptions {
  readonly compute: NotebookCompute;
  readonly client: Pick<GatewayClient, 'kernelVerdict'>;
  readonly model: IGatewayModel;
  /** The environment that the notebook is pinned to, if any. */
  readonly pinned: string | null;
  /** The environment that is chosen as it opens; null: what the notebook has, waits for or is pinned to. */
  readonly environment: string | null;
  readonly trans: TranslationBundle;
  /** @param applied - What was asked for by Apply; null: nothing. */
  readonly onClose: (applied: KernelRequest | null) => void;
}

/** What has to be confirmed because a kernel's variables are lost by it. */
export type Question = 'apply' | 'release' | null;

export interface IComputeDialog {
  readonly view: IComputeView;
  readonly choice: IComputeChoice;
  readonly verdict: IVerdictState;
  /** Null while what is typed is no request. */
  readonly effect: ReturnType<typeof applyEffect> | null;
  /** Something is waited for before anything is started: compute, or the environment. */
  readonly isLater: boolean;
  readonly question: Question;
  readonly isWorking: boolean;
  readonly canApply: boolean;
  readonly change: (choice: IComputeChoice) => void;
  readonly apply: () => void;
  readonly release: () => void;
  /** The answer to the question. */
  readonly answer: (isYes: boolean) => void;
  readonly switchNow: () => void;
}

export function useComputeDialog(options: IComputeDialogOptions): IComputeDialog {
  const { compute, client, model, pinned, onClose } = options;
  const { offers, environments } = useGatewayState(model);
  const connection = useConnection(model).state;
  const view = useSignalValue(compute.changed, () => compute.view);
  const [choice, setChoice] = useState(() => {
    const usual = initialChoice(view.facts, offers, environments, pinned);
    return { ...usual, environment: options.environment ?? usual.environment };
  });
  const [question, setQuestion] = useState<Question>(null);
  const kernelId = view.facts.kernel?.id;
  const request = useMemo(() => toRequest(choice, view.notebook, kernelId), [choice, view.notebook, kernelId]);
  const world = useMemo(() => ({ connection, offers, environments }), [connection, offers, environments]);
  const verdict = useVerdict(useAsk(client), request, world);
  const environment = environments.find(({ name }) => name === choice.environment);
  const isLater = verdict.verdict?.verdict === 'wait' || (environment !== undefined && environment.state !== 'ready');
  useWatching(compute);
  const closeAfter = async (act: Promise<boolean>, applied: KernelRequest | null = null): Promise<void> => {
    setQuestion(null);
    if (await act) onClose(applied);
  };
  const effect = request === null ? null : applyEffect(view.facts, request, offers);
  const isWorking = view.step.kind !== 'idle';
  const canApply = request !== null && !isWorking && connection === 'live' && verdict.verdict?.verdict !== 'never';
  const apply = (): void => {
    if (request === null || !canApply) return;
    if (effect === 'restart' && isStopping(view, isLater) && question !== 'apply') setQuestion('apply');
    else void closeAfter(compute.apply(request), request);
  };
  const onYes = (): void => {
    if (question === 'apply') apply();
    else if (question === 'release') void closeAfter(compute.apply(releaseRequest(view.facts, view.notebook, offers)));
  };
  return {
    view,
    choice,
    verdict,
    effect,
    isLater,
    question,
    isWorking,
    canApply,
    change: next => {
      setQuestion(null);
      setChoice(next);
    },
    apply,
    release: () => setQuestion('release'),
    answer: isYes => (isYes ? onYes() : setQuestion(null)),
    switchNow: () => void closeAfter(compute.switchNow())
  };
}

/** Would a restart now, and not only when it is its turn, stop a cell? */
function isStopping({ facts }: IComputeView, isLater: boolean): boolean {
  return facts.kernel?.isBusy === true && !isLater;
}

function useAsk(
  client: IComputeDialogOptions['client']
): (request: KernelRequest, signal: AbortSignal) => Promise<Verdict> {
  return useCallback((request, signal) => client.kernelVerdict(request, signal), [client]);
}

/** While it is open, it shows what goes wrong. */
function useWatching(compute: NotebookCompute): void {
  useEffect(() => {
    compute.isWatched = true;
    return () => {
      compute.isWatched = false;
    };
  }, [compute]);
}
