/** What locks say, asked of the gateway once for each text; a few are kept, for tabs and cells come back to the same one. */
import type { LockView } from '@berth/gateway/contract';
import type { GatewayClient } from '../../shared/gateway-client.js';

const KEPT = 8;

export class LockReader {
  constructor(private readonly _client: Pick<GatewayClient, 'inspectLock'>) {}

  /** Rejects with the failure of the call; the next one tries again. */
  read(text: string): Promise<LockView> {
    const known = this._views.get(text);
    if (known !== undefined) return known;
    const view = this._client.inspectLock(text);
    this._views.set(text, view);
    view.catch(() => this._views.delete(text));
    const [oldest] = this._views.keys();
    if (this._views.size > KEPT && oldest !== undefined) this._views.delete(oldest);
    return view;
  }

  private readonly _views = new Map<string, Promise<LockView>>();
}
