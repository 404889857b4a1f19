/** What a notebook has, waits for, or could take now; with the buttons that change it. */
import type { KernelView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatElapsed } from '../../shared/elapsed.js';
import { ProgressBar } from '../../shared/progress-bar.js';
import { useNow } from '../../shared/use-now.js';
import { amountText } from '../compute-words.js';
import { keptText } from './kept-text.js';
import type { IComputeView } from './notebook-compute.js';
import { heldAmount } from './notebook-facts.js';
import { wishText } from './picker-label.js';

export interface IComputeStatusProps {
  readonly view: IComputeView;
  readonly trans: TranslationBundle;
  readonly onRelease: () => void;
  readonly onSwitch: () => void;
  /** Stops whatever is waited for. */
  readonly onGiveUp: () => void;
}

export function ComputeStatus(props: IComputeStatusProps): ReactElement {
  const { view, trans } = props;
  const { facts, step, offers } = view;
  const wish = wishText(facts, offers, trans);
  return (
    <div className="jp-BerthCompute-status" role="group" aria-label={trans.__('Now')}>
      <HeldLine {...props} />
      {step.kind === 'making' ? (
        <MakingLine {...props} environment={step.environment} progress={step.progress} />
      ) : (
        facts.claim !== null && step.kind === 'idle' && <ClaimLine {...props} claim={facts.claim} />
      )}
      {step.kind === 'claiming' && <p role="status">{trans.__('Asking for compute…')}</p>}
      {step.kind === 'starting' && <p role="status">{trans.__('Starting the kernel…')}</p>}
      {wish !== null && <p>{wish}</p>}
    </div>
  );
}

function HeldLine({ view: { facts, step, offers, name }, trans, onRelease }: IComputeStatusProps): ReactElement {
  const { kernel, environment, held } = facts;
  const has = heldAmount(facts);
  const sinceMs = held?.sinceMs ?? null;
  const now = useNow(sinceMs !== null);
  if (kernel === null) return <p>{trans.__('%1 has no kernel.', name)}</p>;
  if (has === null || environment === null) {
    return <p>{trans.__('%1 runs in %2, which Berth does not manage.', name, kernel.title)}</p>;
  }
  const amount = amountText(offers, has);
  return (
    <p className="jp-BerthCompute-line">
      <span>
        {sinceMs === null
          ? trans.__('It has %1 in environment %2.', amount, environment)
          : trans.__('It has %1 in environment %2, for %3.', amount, environment, formatElapsed(now - sinceMs))}
      </span>
      {has.offer !== 'cpu' && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal jp-BerthButton"
          disabled={step.kind !== 'idle'}
          onClick={onRelease}
        >
          {trans.__('Release')}
        </button>
      )}
    </p>
  );
}

interface IClaimLineProps extends IComputeStatusProps {
  readonly claim: KernelView;
}

function ClaimLine({ view: { offers }, claim, trans, onSwitch, onGiveUp }: IClaimLineProps): ReactElement {
  const isReady = claim.phase === 'Ready';
  const now = useNow(isReady);
  return (
    <>
      <p className="jp-BerthCompute-line">
        <span role="status">{claimText(claim, amountText(offers, claim), trans)}</span>
        {isReady && (
          <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthButton" onClick={onSwitch}>
            {trans.__('Switch Now')}
          </button>
        )}
        <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthButton" onClick={onGiveUp}>
          {isReady ? trans.__('Give Back') : trans.__('Stop Waiting')}
        </button>
      </p>
      {isReady && claim.expiresAtMs !== null && <p>{keptText(claim.expiresAtMs - now, trans)}</p>}
    </>
  );
}

interface IMakingLineProps extends IComputeStatusProps {
  readonly environment: string;
  readonly progress: number | null;
}

function MakingLine({ environment, progress, trans, onGiveUp }: IMakingLineProps): ReactElement {
  return (
    <>
      <p className="jp-BerthCompute-line">
        <span role="status">
          {trans.__('The environment %1 is being made; then the compute is asked for.', environment)}
        </span>
        <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthButton" onClick={onGiveUp}>
          {trans.__('Stop')}
        </button>
      </p>
      <ProgressBar share={progress} label={trans.__('Making environment %1', environment)} />
    </>
  );
}

function claimText({ phase, position, message }: KernelView, wanted: string, trans: TranslationBundle): string {
  if (phase === 'Ready') return trans.__('%1 is ready. Switching restarts the kernel.', wanted);
  if (message !== '') return message; // it tells the place as well
  if (position === null) return trans.__('It waits for %1.', wanted);
  return trans.__('It waits for %1, place %2 in line.', wanted, position);
}
