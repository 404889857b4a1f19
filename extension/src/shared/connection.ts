/** How the page stands with the gateway. Times are Unix milliseconds. */
import type { GatewayError } from './gateway-error.js';

export interface IConnecting {
  readonly state: 'connecting';
  readonly sinceMs: number;
}

export interface ILive {
  readonly state: 'live';
  readonly sinceMs: number;
}

export interface ILost {
  readonly state: 'lost';
  readonly sinceMs: number;
  /** Null while it is not known. */
  readonly reason: GatewayError | null;
  /** Null while a try is under way. */
  readonly nextTryAtMs: number | null;
}

export type Connection = IConnecting | ILive | ILost;
