/** Waits for an environment that is being made. */
import type { Environment } from '@berth/gateway/contract';
import type { IGatewayModel } from '../../shared/gateway-model.js';

/**
 * @param begun - As the call that began it has answered.
 * @returns how it ended; null when it was cancelled or deleted meanwhile.
 */
export function whenReady(model: IGatewayModel, begun: Environment): Promise<Environment | null> {
  if (begun.state === 'ready') return Promise.resolve(begun);
  const find = (): Environment | undefined => model.state.environments.find(({ name }) => name === begun.name);
  const before = find();
  let hasBegun = before?.state === 'creating';
  return new Promise(resolve => {
    const owner = {};
    const look = (): void => {
      const now = find();
      // What was there before the call tells nothing of how it ends.
      if (now?.state === 'creating') hasBegun = true;
      else if (hasBegun || now !== before) settle(now);
    };
    const settle = (end: Environment | undefined): void => {
      model.changed.disconnect(look, owner);
      resolve(end?.state === 'ready' || end?.state === 'failed' ? end : null);
    };
    model.changed.connect(look, owner);
    look();
  });
}
