/** What is done to runs, with the questions before and the failures after. */
import type { RunView } from '@berth/gateway/contract';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { confirm } from '../shared/confirm.js';
import { errorDetail } from '../shared/error-box.js';
import { toGatewayError } from '../shared/gateway-error.js';
import type { IGateway } from '../shared/tokens.js';
import { curlText } from './page/curl.js';
import { isActive } from './run-phase.js';
import { runTitle } from './run-title.js';

export class RunOperations {
  constructor(
    private readonly _gateway: IGateway,
    private readonly _trans: TranslationBundle
  ) {}

  /** @param confirmed - The person has been asked already. */
  async cancel(run: RunView, confirmed: boolean): Promise<void> {
    const trans = this._trans;
    const body = isActive(run.phase)
      ? trans.__('Its processes get the time to write a checkpoint, then they are stopped.')
      : trans.__('It leaves the queue.');
    const ask = {
      title: trans.__('Cancel %1?', runTitle(run)),
      body,
      yes: trans.__('Cancel Run'),
      no: trans.__('Keep It')
    };
    if (!confirmed && !(await confirm(ask))) return;
    await this._try(trans.__('Could not cancel %1', runTitle(run)), () => this._gateway.client.cancel(run.id));
  }

  async retry(run: RunView): Promise<void> {
    await this._try(this._trans.__('Could not retry %1', runTitle(run)), () => this._gateway.client.retry(run.id));
  }

  async remove(run: RunView, confirmed: boolean): Promise<void> {
    const trans = this._trans;
    const body = trans.__('Its logs and attempts are forgotten. What it left beside its notebook stays.');
    const ask = {
      title: trans.__('Delete %1?', runTitle(run)),
      body,
      yes: trans.__('Delete'),
      no: trans.__('Keep It')
    };
    if (!confirmed && !(await confirm(ask))) return;
    await this._try(trans.__('Could not delete %1', runTitle(run)), () => this._gateway.client.remove(run.id));
  }

  copyCurl(run: RunView): void {
    Clipboard.copyToSystem(curlText(run, this._gateway.client.endpoint('runs')));
    Notification.info(this._trans.__('Copied. Set JUPYTER_TOKEN in the shell before you run it.'), { autoClose: 4000 });
  }

  private async _try(title: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (thrown: unknown) {
      const error = toGatewayError(thrown);
      Notification.error(`${title}. ${error.message} (${errorDetail(error, this._trans)})`, { autoClose: false });
    }
  }
}
