/** What a person asks for about the environment of a notebook, with the questions that have to be asked on the way. */
import type { Environment } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, InputDialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import { dialogHost } from '../../shared/dialog-host.js';
import { toGatewayError } from '../../shared/gateway-error.js';
import { openModal } from '../../shared/modal-widget.js';
import type { IGateway } from '../../shared/tokens.js';
import type { NotebookAction } from '../dialogs/notebook-actions.js';
import { NotebookDialog } from '../dialogs/notebook-dialog.js';
import { withPackages } from '../installs/installed-packages.js';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import type { Notebooks } from '../notebook/notebooks.js';
import { PinOperations } from './pin-operations.js';

export interface IPinDeskOptions {
  readonly app: JupyterFrontEnd;
  readonly gateway: IGateway;
  readonly notebooks: Notebooks;
  /** Brings the panel to the person's eye: it shows how far a making is. */
  readonly reveal: () => void;
  readonly trans: TranslationBundle;
}

export class PinDesk {
  constructor(private readonly _options: IPinDeskOptions) {
    const { app, gateway, trans } = _options;
    const { contents } = app.serviceManager;
    this._operations = new PinOperations({ gateway, contents, commands: app.commands, trans });
  }

  /** Opens the dialog "Environment of this notebook". */
  async show(panel: NotebookPanel): Promise<void> {
    const notebook = await this._of(panel);
    if (notebook === null) return;
    const { trans } = this._options;
    openModal(close => (
      <NotebookDialog
        notebook={notebook}
        trans={trans}
        onClose={close}
        onAction={action => void this._act(notebook, action)}
      />
    ));
  }

  /** @param environment - Null: the kernel's own, or the one that the person chooses. */
  async pin(panel: NotebookPanel, environment: string | null): Promise<void> {
    const notebook = await this._of(panel);
    if (notebook === null) return;
    const own = environment ?? this._readyEnvironment(notebook);
    if (own === null) return this._choose(notebook);
    if (environment === null && (await this._hasDrifted(notebook, own)) === true)
      return this._askDrifted(notebook, own);
    await this._operations.pin(notebook, own);
  }

  async unpin(panel: NotebookPanel): Promise<void> {
    const notebook = await this._of(panel);
    if (notebook !== null) await this._operations.unpin(notebook);
  }

  async restore(panel: NotebookPanel): Promise<void> {
    const notebook = await this._of(panel);
    if (notebook === null) return;
    if (!notebook.judgement.isHere) this._options.reveal();
    await this._operations.restore(notebook);
  }

  /** Switches the kernel to an environment, and pins the notebook to it. */
  async use(panel: NotebookPanel, environment: string | null): Promise<void> {
    const notebook = await this._of(panel);
    if (notebook === null) return;
    if (environment === null) await this._choose(notebook);
    else await this._operations.use(notebook, environment);
  }

  /** Has a new environment made with these packages more, then uses it. */
  async renew(notebook: NotebookEnvironment, packages: readonly string[]): Promise<void> {
    const { gateway, trans } = this._options;
    const name = notebook.kernelEnvironment ?? notebook.judgement.name;
    const present = gateway.model.state.environments.find(it => it.name === name)?.packages;
    const begun = await this._create({
      name: name ?? this._baseName(notebook),
      source: 'packages',
      packages: withPackages(present ?? notebook.lock?.requested ?? [], packages),
      consequence: trans.__('Once it is ready, this notebook is pinned to it, and its kernel is started anew in it.')
    });
    if (begun !== null) {
      await this._operations.whenMade(begun, made => this._operations.use(notebook, made), notebook);
    }
  }

  private async _of(panel: NotebookPanel): Promise<NotebookEnvironment | null> {
    await panel.context.ready;
    return this._options.notebooks.of(panel);
  }

  private _act(notebook: NotebookEnvironment, action: NotebookAction): Promise<void> {
    const { panel } = notebook;
    switch (action) {
      case 'new':
        return this.renew(notebook, []);
      case 'unpin':
        return this.unpin(panel);
      case 'pin-kernel':
        return this._pinKernel(notebook);
      case 'pin':
        return this.pin(panel, null);
      case 'choose':
        return this._choose(notebook);
      case 'restore':
        return this.restore(panel);
    }
  }

  /** Makes an environment of what the kernel has, and pins the notebook to it; the kernel keeps its variables. */
  private async _pinKernel(notebook: NotebookEnvironment): Promise<void> {
    const { trans } = this._options;
    const begun = await this._create({
      name: notebook.kernelEnvironment ?? this._baseName(notebook),
      source: 'kernel',
      consequence: trans.__('Once it is ready, this notebook is pinned to it. Its kernel goes on as it is.')
    });
    if (begun !== null) {
      await this._operations.whenMade(begun, made => this._operations.pin(notebook, made), notebook);
    }
  }

  private async _create(args: {
    readonly name: string;
    readonly source: string;
    readonly packages?: string[];
    readonly consequence: string;
  }): Promise<Environment | null> {
    const { commands } = this._options.app;
    if (!commands.hasCommand(CommandIDs.newEnvironment)) return null;
    return (await commands.execute(CommandIDs.newEnvironment, { ...args })) as Environment | null;
  }

  private async _choose(notebook: NotebookEnvironment): Promise<void> {
    const { gateway, trans } = this._options;
    const ready = gateway.model.state.environments.filter(({ state }) => state === 'ready').map(({ name }) => name);
    const kernel = trans.__('What the kernel has now (a new environment)');
    const items = notebook.facts === null ? ready : [...ready, kernel];
    if (items.length === 0) {
      Notification.info(trans.__('There is no environment to pin to yet. Make one in the Berth panel first.'));
      return this._options.reveal();
    }
    const { value } = await InputDialog.getItem({
      title: trans.__('Pin this notebook to an environment'),
      label: trans.__('Environment'),
      items,
      okLabel: trans.__('Pin'),
      host: dialogHost()
    });
    if (value === null) return;
    if (value === kernel) await this._pinKernel(notebook);
    else await this._operations.pin(notebook, value);
  }

  private async _askDrifted(notebook: NotebookEnvironment, environment: string): Promise<void> {
    const { trans } = this._options;
    const asLocked = Dialog.okButton({ label: trans.__('Pin to %1 as Locked', environment) });
    const anew = Dialog.okButton({ label: trans.__('New Environment…') });
    const { button } = await showDialog({
      title: trans.__('The kernel has other packages than %1', environment),
      body: trans.__(
        'Something was installed into it since. A pin holds what the lock says; a new environment holds what the kernel has.'
      ),
      buttons: [Dialog.cancelButton(), asLocked, anew],
      defaultButton: 2,
      host: dialogHost()
    });
    if (button.label === anew.label) await this._pinKernel(notebook);
    else if (button.accept) await this._operations.pin(notebook, environment);
  }

  private async _hasDrifted(notebook: NotebookEnvironment, environment: string): Promise<boolean | null> {
    // Not known: pinning itself will tell what is wrong.
    return this._operations.hasDrifted(notebook, environment).catch((thrown: unknown) => {
      console.warn('Berth could not compare the kernel with its environment:', toGatewayError(thrown).message);
      return null;
    });
  }

  private _readyEnvironment({ kernelEnvironment }: NotebookEnvironment): string | null {
    const { environments } = this._options.gateway.model.state;
    return environments.some(it => it.name === kernelEnvironment && it.state === 'ready') ? kernelEnvironment : null;
  }

  private _baseName({ panel }: NotebookEnvironment): string {
    return PathExt.basename(panel.context.path, '.ipynb');
  }

  private readonly _operations: PinOperations;
}
