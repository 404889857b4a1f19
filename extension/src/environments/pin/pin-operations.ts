/** What people do with the pin of a notebook: pin, unpin, restore, use an environment. Failures are shown where they end. */
import type { Environment, EnvironmentDetail } from '@berth/gateway/contract';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { errorDetail } from '../../shared/error-box.js';
import { toGatewayError } from '../../shared/gateway-error.js';
import type { IGateway } from '../../shared/tokens.js';
import { compare } from '../drift/compare.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { tellNotMade } from '../making-notices.js';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { isInDrift } from '../drift/judge.js';
import { switchKernel } from './kernel-switch.js';
import type { IPin } from './pin-metadata.js';
import { PinWriter } from './pin-writer.js';
import { restoreRequest } from './restore-request.js';
import { whenReady } from './when-ready.js';

export interface IPinOperationsOptions {
  readonly gateway: IGateway;
  readonly commands: JupyterFrontEnd['commands'];
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
}

export class PinOperations {
  constructor(private readonly _options: IPinOperationsOptions) {
    this._writer = new PinWriter(_options.contents, _options.trans);
  }

  /** @returns whether the notebook is pinned to it now. */
  pin(notebook: NotebookEnvironment, environment: string): Promise<boolean> {
    const { gateway, trans } = this._options;
    return this._try(trans.__('Could not pin to %1', environment), async () => {
      const detail = await gateway.client.environment(environment);
      const isWritten = await this._writer.write(notebook, pinOf(detail, notebook.facts));
      if (isWritten) Notification.success(trans.__('Pinned to %1.', environment), { autoClose: 4000 });
      return isWritten;
    });
  }

  unpin(notebook: NotebookEnvironment): Promise<boolean> {
    return this._try(this._options.trans.__('Could not unpin'), () => this._writer.write(notebook, null));
  }

  /** Switches the kernel to an environment and pins the notebook to it; a kernel that is kept keeps its pin. */
  use(notebook: NotebookEnvironment, environment: string): Promise<boolean> {
    const title = this._options.trans.__('Could not use %1', environment);
    return this._try(title, async () => {
      return (await this._switch(notebook, environment)) && this.pin(notebook, environment);
    });
  }

  /**
   * Switches the kernel to what the notebook is pinned to. It is made first where it is not here, and made anew where
   * the kernel runs in it and has something else: its files are not as its lock says.
   */
  restore(notebook: NotebookEnvironment): Promise<boolean> {
    const { pin, judgement, kernelEnvironment } = notebook;
    if (pin === null || notebook.isRestoring) return Promise.resolve(false);
    notebook.isRestoring = true;
    const restoring = this._try(this._options.trans.__('Could not restore the pinned environment'), async () => {
      const name = judgement.isHere ? judgement.name : null;
      if (name !== null && !isInDrift(judgement, kernelEnvironment)) return this._switch(notebook, name);
      const { client } = this._options.gateway;
      const begun = await (name === null ? this._make(pin, notebook) : client.repairEnvironment(name));
      return this.whenMade(begun, made => this._switch(notebook, made), notebook);
    });
    return restoring.finally(() => {
      notebook.isRestoring = false;
    });
  }

  /** Goes on once the environment is there; its row in the panel shows how far it is, and why it failed. */
  async whenMade(
    begun: Environment,
    then: (environment: string) => Promise<boolean>,
    notebook: NotebookEnvironment
  ): Promise<boolean> {
    const { gateway, trans } = this._options;
    const made = await whenReady(gateway.model, begun);
    if (made === null || notebook.isDisposed) return false;
    if (made.state === 'ready') return then(made.name);
    tellNotMade(made, trans);
    return false;
  }

  /** Has the kernel anything else than this environment's lock says? Null: that is not known. */
  async hasDrifted(notebook: NotebookEnvironment, environment: string): Promise<boolean | null> {
    const { facts } = notebook;
    if (facts === null) return null;
    const { contents, environment: it } = await this._options.gateway.client.environment(environment);
    const packages = Object.fromEntries(contents.map(({ name, version }) => [name, version]));
    const columns = { pin: { python: it.python, platform: null, packages }, kernel: facts, outputs: [] };
    return compare(columns).drift.length > 0;
  }

  private _make(pin: IPin, { lock }: NotebookEnvironment): Promise<Environment> {
    const { client, model } = this._options.gateway;
    const request = restoreRequest(pin, lock?.lockHash ?? '', model.state.environments);
    return typeof request === 'string' ? client.makeEnvironment(request) : client.createEnvironment(request);
  }

  private _switch(notebook: NotebookEnvironment, environment: string): Promise<boolean> {
    const { commands, gateway, trans } = this._options;
    return switchKernel(notebook.panel, environment, { commands, model: gateway.model, trans });
  }

  private async _try(title: string, act: () => Promise<boolean>): Promise<boolean> {
    try {
      return await act();
    } catch (thrown: unknown) {
      const error = toGatewayError(thrown);
      const text = `${title}. ${error.message} (${errorDetail(error, this._options.trans)})`;
      Notification.error(text, { autoClose: false });
      return false;
    }
  }

  private readonly _writer: PinWriter;
}

function pinOf({ environment, lock }: EnvironmentDetail, facts: IKernelFacts | null): IPin {
  const { name, lockHash, python } = environment;
  const implementation = facts?.environment === name ? facts.implementation : null;
  return { lock, environment: name, lockHash: lockHash === '' ? null : lockHash, python, implementation };
}
