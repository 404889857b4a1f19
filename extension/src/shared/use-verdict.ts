/** Asks, a moment after each change, what would happen if this were asked for now. */
import type { Verdict } from '@berth/gateway/contract';
import { useEffect, useState } from 'react';
import { toGatewayError, type GatewayError } from './gateway-error.js';

const PAUSE_MS = 250;
const NONE: IVerdictState = { verdict: null, error: null, pending: true };

export interface IVerdictState {
  readonly verdict: Verdict | null;
  readonly error: GatewayError | null;
  /** What is shown belongs to an older form. */
  readonly pending: boolean;
}

/**
 * A verdict on what cannot be sent any more is none.
 *
 * @param ask - Must be the same function while the same is asked.
 * @param request - Null while the form is no request yet; must be the same object while nothing changes.
 * @param world - Another value whenever the answer may have changed by itself, such as the list of offers.
 */
export function useVerdict<R>(
  ask: (request: R, signal: AbortSignal) => Promise<Verdict>,
  request: R | null,
  world: unknown
): IVerdictState {
  const [state, setState] = useState(NONE);
  useEffect(() => {
    if (request === null) {
      setState(NONE);
      return undefined;
    }
    const abort = new AbortController();
    setState(old => ({ ...old, pending: true }));
    const answer = async (): Promise<void> => {
      const next = await ask(request, abort.signal).then(
        verdict => ({ verdict, error: null, pending: false }),
        (error: unknown) => ({ verdict: null, error: toGatewayError(error), pending: false })
      );
      if (!abort.signal.aborted) setState(next);
    };
    const timer = setTimeout(() => void answer(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [ask, request, world]);
  return request === null ? NONE : state;
}
