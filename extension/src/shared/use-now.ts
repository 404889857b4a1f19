/** A clock for components. */
import { useEffect, useLayoutEffect, useState } from 'react';

/**
 * The time, again about every second while `ticking`; a component that shows nothing running costs nothing.
 *
 * @returns Unix milliseconds.
 */
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  // A clock that stood still goes on with the right time, before anyone sees the old one.
  useLayoutEffect(() => {
    if (ticking) setNow(Date.now());
  }, [ticking]);
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), 1000 - (Date.now() % 1000));
    return () => clearTimeout(timer);
  }, [ticking, now]);
  return now;
}
