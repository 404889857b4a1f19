/** Values of Lumino objects in components. */
import type { ISignal } from '@lumino/signaling';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * The value now, and again whenever the signal says that it is another.
 *
 * @param read - Must return the same object while nothing has changed.
 */
export function useSignalValue<T, V>(signal: ISignal<T, void>, read: () => V): V {
  const subscribe = useCallback(
    (listener: () => void) => {
      const owner = {};
      signal.connect(listener, owner);
      return () => void signal.disconnect(listener, owner);
    },
    [signal]
  );
  return useSyncExternalStore(subscribe, read);
}
