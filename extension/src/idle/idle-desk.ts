/** What a person does about idle timers. What goes wrong is told where it ends: here, unless the caller shows it itself. */
import type { Subject } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { toGatewayError } from '../shared/gateway-error.js';
import type { IdleClient, IReport } from './idle-client.js';
import type { IIdleModel } from './idle-model.js';

const SHORT_MS = 5_000;

export interface IIdleDesk {
  /** Asks for more time and tells the answer. Never rejects. */
  snooze(subject: Subject): Promise<void>;
  /** Takes a stop off all lists: the person has seen it. Never rejects. */
  dismiss(stopId: string): Promise<void>;
  /** @returns the file that was written. Rejects with a `GatewayError`. */
  report(report: IReport): Promise<string>;
}

export interface IIdleDeskOptions {
  readonly client: Pick<IdleClient, 'snooze' | 'dismiss' | 'report'>;
  readonly model: Pick<IIdleModel, 'refresh'>;
  readonly trans: TranslationBundle;
}

export class IdleDesk implements IIdleDesk {
  constructor(private readonly _options: IIdleDeskOptions) {}

  async snooze(subject: Subject): Promise<void> {
    const { client, trans } = this._options;
    await this._try(trans.__('Could not snooze'), async () => {
      const answer = await client.snooze(subject);
      if (answer === null) {
        Notification.info(trans.__('More time was asked for; the answer is still to come.'), { autoClose: SHORT_MS });
      } else if (answer.granted) {
        Notification.success(trans.__('Snoozed: %1', answer.message), { autoClose: SHORT_MS });
      } else Notification.warning(trans.__('Not snoozed: %1', answer.message), { autoClose: false });
    });
  }

  async dismiss(stopId: string): Promise<void> {
    const { client, trans } = this._options;
    await this._try(trans.__('Could not dismiss'), () => client.dismiss(stopId));
  }

  async report(report: IReport): Promise<string> {
    const { file } = await this._options.client.report(report);
    return file;
  }

  private async _try(title: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown: unknown) {
      Notification.error(`${title}. ${toGatewayError(thrown).message}`, { autoClose: false });
    } finally {
      this._options.model.refresh();
    }
  }
}
