/** The countdown in the status bar. It says nothing while there is nothing to say. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Popup } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';
import type { IIdleModel } from '../idle-model.js';
import type { IIdleSettings } from '../idle-settings.js';
import { kernelIdOf } from '../session-of.js';
import { serverNow, useIdleState, useServerNow } from '../use-idle.js';
import { statusLine } from '../words/status-line.js';
import { useSignalValue } from '../../shared/use-signal-value.js';

export interface IIdleStatusProps {
  readonly model: IIdleModel;
  readonly settings: IIdleSettings;
  /** Of what is in front; null: it has none. */
  readonly kernelId: string | null;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
}

export function IdleStatus({ model, settings, kernelId, trans, onClick }: IIdleStatusProps): ReactElement {
  const state = useIdleState(model);
  const { showActive } = useSignalValue(settings.changed, () => settings.choices);
  const line = statusLine(state, kernelId, serverNow(state), { showActive, trans });
  useServerNow(state, line?.isTicking ?? false);
  return (
    <>
      {line !== null && (
        <button
          type="button"
          className="jp-BerthStatus-button jp-BerthIdleStatus-button"
          data-announced={line.announcement !== ''}
          title={line.title}
          aria-label={trans.__('Idle timer: %1', line.text)}
          aria-haspopup="dialog"
          onClick={onClick}
        >
          <span>{line.text}</span>
        </button>
      )}
      <span className="jp-BerthIdleStatus-spoken" role="status" aria-live="polite">
        {line?.announcement ?? ''}
      </span>
    </>
  );
}

export type IIdleStatusItemOptions = Omit<IIdleStatusProps, 'kernelId' | 'onClick'> & {
  readonly shell: JupyterFrontEnd.IShell;
  /** Opens what there is to know beside this item. */
  readonly open: (item: IdleStatusItem) => Promise<Popup>;
};

export class IdleStatusItem extends ReactWidget {
  constructor(private readonly _options: IIdleStatusItemOptions) {
    super();
    this.addClass('jp-BerthIdleStatus');
    const { shell, model } = _options;
    shell.currentChanged?.connect(this._onCurrentChanged, this);
    model.changed.connect(this._onCurrentChanged, this); // its kernel may have come meanwhile
  }

  /** Of what is in front; null: it has none. */
  get kernelId(): string | null {
    return kernelIdOf(this._options.shell.currentWidget);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this._popup?.dispose();
    this._options.shell.currentChanged?.disconnect(this._onCurrentChanged, this);
    this._options.model.changed.disconnect(this._onCurrentChanged, this);
    super.dispose();
  }

  protected override render(): ReactElement {
    const { model, settings, trans } = this._options;
    const { kernelId } = this;
    const onClick = (): void => void this._toggle();
    return <IdleStatus model={model} settings={settings} kernelId={kernelId} trans={trans} onClick={onClick} />;
  }

  private async _toggle(): Promise<void> {
    if (this._popup !== null && !this._popup.isDisposed) return this._popup.dispose();
    const popup = await this._options.open(this);
    this._popup = popup;
    popup.disposed.connect(this._takeFocus, this);
  }

  /** From a popup that has it, which is still there then; whoever clicked elsewhere has taken it away already. */
  private readonly _takeFocus = ({ node }: Widget): void => {
    if (node.contains(document.activeElement)) this.node.querySelector('button')?.focus();
  };

  private readonly _onCurrentChanged = (): void => {
    this.update();
  };

  private _popup: Popup | null = null;
}
