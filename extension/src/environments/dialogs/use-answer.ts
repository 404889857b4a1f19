/** One answer of the gateway in a component: asked for once, given up when the component goes. */
import { useEffect, useRef, useState } from 'react';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';

export interface IAnswer<T> {
  /** Null while it is awaited, and after a failure. */
  readonly value: T | null;
  readonly error: GatewayError | null;
}

/** @param key - Another one asks again. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, key = ''): IAnswer<T> {
  const [answer, setAnswer] = useState<IAnswer<T>>({ value: null, error: null });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const abort = new AbortController();
    const settle = (next: IAnswer<T>): void => {
      if (!abort.signal.aborted) setAnswer(next);
    };
    setAnswer({ value: null, error: null });
    latest.current(abort.signal).then(
      value => settle({ value, error: null }),
      (thrown: unknown) => settle({ value: null, error: toGatewayError(thrown) })
    );
    return () => abort.abort();
  }, [key]);
  return answer;
}
