/** The gateway's model in components. */
import type { Connection } from './connection.js';
import type { IGatewayModel } from './gateway-model.js';
import type { IGatewayState } from './gateway-state.js';
import { useSignalValue } from './use-signal-value.js';

export function useGatewayState(model: IGatewayModel): IGatewayState {
  return useSignalValue(model.changed, () => model.state);
}

export function useConnection(model: IGatewayModel): Connection {
  return useSignalValue(model.changed, () => model.connection);
}
