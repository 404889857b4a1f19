/** How the environment that a notebook is pinned to is made here. Pure. */
import type { Environment, EnvironmentRequest } from '@berth/gateway/contract';
import type { IPin } from './pin-metadata.js';
import { suggestedName } from './suggested-name.js';

const MINOR = /^3\.\d{1,2}/;

/**
 * @param lockHash - Of the pin, as the gateway computes it; empty: not known.
 * @returns the name of one that is defined and has only to be made, else the request for a new one. Of the interpreter the
 *   minor version is asked for: a lock is for that, and another machine rarely has the same patch release.
 */
export function restoreRequest(
  pin: IPin,
  lockHash: string,
  environments: readonly Environment[]
): EnvironmentRequest | string {
  const defined = environments.find(it => lockHash !== '' && it.lockHash === lockHash);
  if (defined !== undefined) return defined.name;
  const taken = environments.map(({ name }) => name);
  const python = MINOR.exec(pin.python ?? '')?.[0];
  const request: EnvironmentRequest = {
    name: suggestedName(pin.environment ?? 'pinned', taken),
    source: { kind: 'uv-lock', text: pin.lock },
    allowBuilds: false
  };
  return python === undefined ? request : { ...request, python };
}
