/** What is done to environments, with the questions before and the failures after. */
import type { Environment } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { confirm } from '../shared/confirm.js';
import { errorDetail } from '../shared/error-box.js';
import { toGatewayError } from '../shared/gateway-error.js';
import { openModal, type ModalWidget } from '../shared/modal-widget.js';
import type { IGateway } from '../shared/tokens.js';
import { CreateDialog } from './create/create-dialog.js';
import type { ICreateForm } from './create/create-form.js';
import { pathsIn, textOf } from './create/folder-listing.js';
import { CompareDialog } from './dialogs/compare-dialog.js';
import { DetailsDialog } from './dialogs/details-dialog.js';
import { GarbageDialog } from './dialogs/garbage-dialog.js';
import type { IKernelFacts } from './kernel/kernel-facts.js';
import { usersText } from './list/environment-text.js';
import { tellMade, tellNotMade } from './making-notices.js';
import { whenReady } from './pin/when-ready.js';

export interface IEnvironmentOperationsOptions {
  readonly gateway: IGateway;
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
}

export interface ICreateWish {
  readonly initial: ICreateForm;
  /** What the kernel of the notebook in front has; null: not known. */
  readonly facts: IKernelFacts | null;
  /** What happens once it is there, in words; empty: nothing more. */
  readonly consequence: string;
}

export class EnvironmentOperations {
  constructor(private readonly _options: IEnvironmentOperationsOptions) {}

  /** @returns the environment whose making has begun; null when the person leaves it. */
  create({ initial, facts, consequence }: ICreateWish): Promise<Environment | null> {
    const { gateway, contents, trans } = this._options;
    const taken = gateway.model.state.environments.map(({ name }) => name);
    return new Promise(resolve => {
      const modal = openModal(close => (
        <CreateDialog
          client={gateway.client}
          initial={initial}
          taken={taken}
          facts={facts}
          consequence={consequence}
          trans={trans}
          readFile={path => textOf(contents, path)}
          listPaths={(typed, wanted) => pathsIn(contents, typed, wanted)}
          onClose={close}
          onDone={environment => {
            resolve(environment);
            close();
          }}
        />
      ));
      modal.disposed.connect(() => resolve(null), this); // After an answer this has no effect.
    });
  }

  details(name: string): ModalWidget {
    const { gateway, trans } = this._options;
    return openModal(close => (
      <DetailsDialog
        name={name}
        load={signal => gateway.client.environment(name, signal)}
        trans={trans}
        onClose={close}
      />
    ));
  }

  compare(name: string): ModalWidget {
    const { gateway, trans } = this._options;
    const others = gateway.model.state.environments.map(it => it.name).filter(it => it !== name);
    return openModal(close => (
      <CompareDialog
        name={name}
        others={others}
        load={(it, signal) => gateway.client.environment(it, signal)}
        trans={trans}
        onClose={close}
      />
    ));
  }

  cleanUp(): ModalWidget {
    const { gateway, trans } = this._options;
    return openModal(close => (
      <GarbageDialog
        list={signal => gateway.client.garbage(signal)}
        collect={() => gateway.client.collectGarbage()}
        trans={trans}
        onClose={close}
      />
    ));
  }

  /** Tells how it ends. */
  async announce(begun: Environment): Promise<void> {
    const { gateway, trans } = this._options;
    const made = await whenReady(gateway.model, begun);
    if (made?.state === 'ready') tellMade(made, trans);
    else if (made !== null) tellNotMade(made, trans);
  }

  async make(name: string): Promise<void> {
    const { gateway, trans } = this._options;
    const title = trans.__('Could not create %1', name);
    await this._try(title, async () => this.announce(await gateway.client.makeEnvironment(name)));
  }

  async cancel(name: string): Promise<void> {
    const { gateway, trans } = this._options;
    await this._try(trans.__('Could not cancel %1', name), () => gateway.client.cancelEnvironment(name));
  }

  async repair(name: string): Promise<void> {
    const { gateway, trans } = this._options;
    const title = trans.__('Could not repair %1', name);
    await this._try(title, async () => this.announce(await gateway.client.repairEnvironment(name)));
  }

  async remove(name: string): Promise<void> {
    const { gateway, trans } = this._options;
    const environment = gateway.model.state.environments.find(it => it.name === name);
    const question = {
      title: trans.__('Delete the environment %1?', name),
      body: this._deleteText(environment),
      yes: trans.__('Delete'),
      no: trans.__('Keep It')
    };
    if (!(await confirm(question))) return;
    await this._try(trans.__('Could not delete %1', name), () => gateway.client.deleteEnvironment(name));
  }

  private _deleteText(environment: Environment | undefined): string {
    const { trans } = this._options;
    const users = environment === undefined ? '' : usersText(environment, trans);
    if (users !== '') return trans.__('It is in use by %1, so that it will be refused.', users);
    if (environment?.origin === 'berth') return trans.__('Its files go; its lock comes with Berth and stays.');
    return trans.__('Its lock and its files go. Notebooks that are pinned to it can restore it.');
  }

  private async _try(title: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (thrown: unknown) {
      const error = toGatewayError(thrown);
      Notification.error(`${title}. ${error.message} (${errorDetail(error, this._options.trans)})`, {
        autoClose: false
      });
    }
  }
}
