/** The section Runs of the Berth panel; what it shows is loaded when the panel is first seen. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { lazy, Suspense, type ReactElement } from 'react';
import { useSignalValue } from '../../shared/use-signal-value.js';
import type { IRunsProps } from './runs.js';

const Runs = lazy(async () => ({ default: (await import('./runs.js')).Runs }));

export class RunsSection extends ReactWidget {
  constructor(private readonly _props: Omit<IRunsProps, 'selected'>) {
    super();
    this.addClass('jp-BerthPanel-section');
    this.title.label = _props.trans.__('Runs');
  }

  /** Brings a run to the person's eye as soon as it is there. */
  select(runId: string): void {
    this._selected = runId;
    this._selectedChanged.emit();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    Signal.clearData(this);
    super.dispose();
  }

  protected override render(): ReactElement {
    return (
      <Suspense fallback={<p className="jp-BerthEmpty">{this._props.trans.__('Loading…')}</p>}>
        <SelectedRuns props={this._props} signal={this._selectedChanged} read={() => this._selected} />
      </Suspense>
    );
  }

  private readonly _selectedChanged = new Signal<this, void>(this);
  private _selected: string | null = null;
}

interface ISelectedRunsProps {
  readonly props: Omit<IRunsProps, 'selected'>;
  readonly signal: Signal<RunsSection, void>;
  readonly read: () => string | null;
}

function SelectedRuns({ props, signal, read }: ISelectedRunsProps): ReactElement {
  const selected = useSignalValue(signal, read);
  return <Runs {...props} selected={selected} />;
}
