/** The banner in a notebook whose kernel was stopped for being idle. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState, type ReactElement } from 'react';
import { useSignalValue } from '../../shared/use-signal-value.js';
import { WrongForm } from '../panel/wrong-form.js';
import { evidenceText } from '../words/idle-words.js';
import { goneText, keptText, stopTitle, type ActivityStop } from '../words/stop-words.js';
import type { IBannerView, NotebookBanner } from './notebook-banner.js';

export interface IStopBannerProps {
  readonly banner: NotebookBanner;
  readonly trans: TranslationBundle;
}

export function StopBanner({ banner, trans }: IStopBannerProps): ReactElement | null {
  const view = useSignalValue(banner.changed, () => banner.view);
  const titleId = useId();
  if (view === null) return null;
  const { stop, error } = view;
  const title = stopTitle(stop, Date.now(), trans);
  return (
    <section className="jp-BerthStopBanner" aria-labelledby={titleId}>
      <p id={titleId} className="jp-BerthStopBanner-title" role="status">
        {title}
      </p>
      <p>{stop.why}</p>
      <Measured stop={stop} trans={trans} />
      <p>{keptText(view.kept, trans)}</p>
      <p>{goneText(trans)}</p>
      {error !== null && (
        <p className="jp-BerthError" role="alert">
          {error}
        </p>
      )}
      <Actions key={stop.id} banner={banner} view={view} trans={trans} />
      <WrongForm name={title} trans={trans} onSend={text => banner.report(text)} />
    </section>
  );
}

/** At the time of the stop. */
function Measured({ stop, trans }: { readonly stop: ActivityStop; readonly trans: TranslationBundle }): ReactElement {
  return (
    <details>
      <summary>{trans.__('What was measured')}</summary>
      <ul className="jp-BerthIdle-evidence">
        {stop.signals.map((signal, index) => (
          <li key={index}>{evidenceText(signal, stop.atMs, trans)}</li>
        ))}
        {stop.signals.length === 0 && <li>{trans.__('Nothing was seen that would have kept it in use.')}</li>}
      </ul>
    </details>
  );
}

interface IActionsProps extends IStopBannerProps {
  readonly view: IBannerView;
}

function Actions({ banner, view, trans }: IActionsProps): ReactElement {
  const [withSetup, setWithSetup] = useState(true);
  const { hasKernel, setupCells, step } = view;
  const canRun = setupCells > 0;
  const canResume = !hasKernel || canRun;
  const label = hasKernel ? trans.__('Run Setup Cells') : trans.__('Resume');
  return (
    <div className="jp-BerthStopBanner-actions">
      {canResume && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={step !== 'offered'}
          onClick={() => void banner.resume(canRun && (hasKernel || withSetup))}
        >
          {label}
        </button>
      )}
      {canRun && !hasKernel && (
        <label className="jp-BerthStopBanner-setup">
          <input type="checkbox" checked={withSetup} onChange={event => setWithSetup(event.target.checked)} />
          {trans._n('Run the setup cell', 'Run the %1 setup cells', setupCells)}
        </label>
      )}
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal jp-BerthButton"
        onClick={() => void banner.dismiss()}
      >
        {trans.__('Dismiss')}
      </button>
      <span role="status">{stepText(view, trans)}</span>
    </div>
  );
}

function stepText({ step, hasKernel }: IBannerView, trans: TranslationBundle): string {
  if (step === 'resuming') return trans.__('Starting…');
  if (step === 'waiting') return trans.__('Its compute is not free yet: the kernel starts when it is its turn.');
  return hasKernel ? trans.__('A new kernel runs already.') : '';
}
