/** Asks, a moment after each change, what would happen if this were submitted now. */
import type { RunSubmission, Verdict } from '@berth/gateway/contract';
import { useEffect, useState } from 'react';
import type { GatewayClient } from '../../shared/gateway-client.js';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';

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
 * @param submission - Null while the form is no request yet; must be the same object while nothing changes.
 * @param world - Another value whenever the answer may have changed by itself, such as the list of offers.
 */
export function useVerdict(
  client: Pick<GatewayClient, 'verdict'>,
  submission: RunSubmission | null,
  world: unknown
): IVerdictState {
  const [state, setState] = useState(NONE);
  useEffect(() => {
    if (submission === null) {
      setState(NONE);
      return undefined;
    }
    const abort = new AbortController();
    setState(old => ({ ...old, pending: true }));
    const ask = async (): Promise<void> => {
      const answer = await client.verdict(submission, abort.signal).then(
        verdict => ({ verdict, error: null, pending: false }),
        (error: unknown) => ({ verdict: null, error: toGatewayError(error), pending: false })
      );
      if (!abort.signal.aborted) setState(answer);
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [client, submission, world]);
  return submission === null ? NONE : state;
}
