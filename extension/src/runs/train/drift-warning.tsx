/** Says that the kernel is not as the pin says, which is what a run uses, and offers to pin what the kernel has. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { useEffect, useState, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';
import type { IPinState } from '../../shared/tokens.js';

/** The pin of the notebook that is trained. */
export interface ITrainPin {
  readonly read: () => IPinState;
  readonly changed: ISignal<unknown, void>;
  /** Pins the notebook to what its kernel runs in. */
  readonly pin: () => Promise<void>;
}

export interface IDriftWarningProps {
  readonly pin: ITrainPin;
  /** The environment that is chosen for the run. */
  readonly environment: string;
  readonly trans: TranslationBundle;
  readonly onPinned: (environment: string) => void;
}

export function DriftWarning({ pin, environment, trans, onPinned }: IDriftWarningProps): ReactElement | null {
  const state = usePinState(pin);
  const [isPinning, setPinning] = useState(false);
  const [error, setError] = useState<GatewayError | null>(null);
  const onPin = async (): Promise<void> => {
    setPinning(true);
    const failure = await pin.pin().then(() => null, toGatewayError);
    setPinning(false);
    setError(failure);
    const { environment: pinned } = pin.read();
    if (failure === null && pinned !== null) onPinned(pinned);
  };
  const isMeant = state.environment === null || state.environment === environment;
  if (state.drift.length === 0 || !isMeant) return null;
  return (
    <div className="jp-BerthTrain-drift" role="group" aria-label={trans.__('Drift')}>
      <p>{trans.__('The kernel is not as the pin says; the run uses the pin.')}</p>
      <ul>
        {state.drift.map(line => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal jp-BerthButton"
        disabled={isPinning}
        onClick={() => void onPin()}
      >
        {isPinning ? trans.__('Pinning…') : trans.__('Pin')}
      </button>
      {error !== null && <ErrorBox error={error} trans={trans} />}
    </div>
  );
}

function usePinState(pin: ITrainPin): IPinState {
  const [state, setState] = useState(() => pin.read());
  useEffect(() => {
    const update = (): void => setState(pin.read());
    const owner = {};
    update();
    pin.changed.connect(update, owner);
    return () => void pin.changed.disconnect(update, owner);
  }, [pin]);
  return state;
}
