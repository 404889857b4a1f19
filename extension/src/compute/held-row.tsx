/** One kernel or run that holds compute: what, since when, how much of it, and how it is given back. */
import type { Offer } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatElapsed } from '../shared/elapsed.js';
import { formatMoment } from '../shared/moment-text.js';
import type { IComputeHandlers } from './compute-handlers.js';
import { amountText } from './compute-words.js';
import type { IHeldItem } from './held-items.js';
import { keptText } from './picker/kept-text.js';
import { HolderUsage } from './usage/usage-curves.js';
import type { UsageHistory } from './usage/usage-history.js';

export interface IHeldRowProps {
  readonly item: IHeldItem;
  readonly offers: readonly Offer[];
  readonly history: UsageHistory;
  readonly now: number;
  /** An answer to the last press is awaited, or none could come. */
  readonly disabled: boolean;
  readonly handlers: IComputeHandlers;
  readonly trans: TranslationBundle;
  readonly onGiveUp: (kernelId: string) => void;
  readonly onShutDown: (kernelId: string, name: string) => void;
}

export function HeldRow(props: IHeldRowProps): ReactElement {
  const { item, offers, history, now, handlers, trans } = props;
  const { id, title, notebook, amount, devices, kernel } = item;
  const hasProcess = kernel === null || kernel.phase === 'Running';
  const onOpen = (): void => (kernel === null ? handlers.openRun(id) : handlers.openNotebook(notebook));
  return (
    <li className="jp-BerthHeld" aria-label={title} data-held={id}>
      <div className="jp-BerthOffer-head">
        <button type="button" className="jp-BerthLink jp-BerthOffer-title" title={notebook} onClick={onOpen}>
          {title}
        </button>
        <span className="jp-BerthOffer-use">
          {kernel === null ? trans.__('Run') : trans.__('Kernel')} · {amountText(offers, amount)}
        </span>
      </div>
      {devices.length > 0 && <p className="jp-BerthOffer-note">{devices.join(', ')}</p>}
      <p className="jp-BerthOffer-note">{sinceText(item, now, trans)}</p>
      {hasProcess && <HolderUsage history={history} id={id} trans={trans} />}
      {kernel !== null && <KernelButtons {...props} kernel={kernel} />}
    </li>
  );
}

interface IKernelButtonsProps extends IHeldRowProps {
  readonly kernel: NonNullable<IHeldItem['kernel']>;
}

function KernelButtons({ kernel, ...props }: IKernelButtonsProps): ReactElement {
  const { handlers, disabled, trans, onGiveUp, onShutDown } = props;
  const { id, name, notebook, phase, offer, kernelId } = kernel;
  const { release } = handlers;
  const button = (text: string, onClick: () => void): ReactElement => (
    <button
      type="button"
      className="jp-mod-styled jp-mod-minimal jp-BerthButton"
      disabled={disabled}
      aria-label={trans.__('%1: %2', text, name)}
      onClick={onClick}
    >
      {text}
    </button>
  );
  return (
    <div className="jp-BerthHeld-actions">
      {phase === 'Waiting' && button(trans.__('Stop Waiting'), () => onGiveUp(id))}
      {phase === 'Ready' && button(trans.__('Give Back'), () => onGiveUp(id))}
      {phase === 'Running' && offer !== 'cpu' && release && button(trans.__('Release'), () => release(notebook))}
      {phase === 'Running' && kernelId && button(trans.__('Shut Down'), () => onShutDown(kernelId, name))}
    </div>
  );
}

function sinceText({ sinceMs, kernel }: IHeldItem, now: number, trans: TranslationBundle): string {
  if (kernel?.phase === 'Waiting') {
    if (kernel.message !== '') return kernel.message; // it tells the place as well
    return kernel.position === null ? trans.__('Waiting') : trans.__('Waiting, place %1', kernel.position);
  }
  if (kernel?.phase === 'Ready') {
    const kept = kernel.expiresAtMs === null ? '' : keptText(kernel.expiresAtMs - now, trans);
    return `${trans.__('Ready to be taken.')} ${kept}`.trimEnd();
  }
  if (sinceMs === null) return trans.__('Starting');
  return trans.__('since %1, for %2', formatMoment(sinceMs, now), formatElapsed(now - sinceMs));
}
