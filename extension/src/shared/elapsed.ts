/** Spans of time as people read them; the two largest units, never a fraction. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `7 s`, `3 min 05 s`, `2 h 04 min`, `3 d 4 h`. A negative span, from clocks that differ, counts as none. */
export function formatElapsed(spanMs: number): string {
  const ms = Number.isFinite(spanMs) ? Math.max(0, spanMs) : 0;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${padded(ms % MINUTE, SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${padded(ms % HOUR, MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

function padded(restMs: number, unitMs: number): string {
  return String(Math.floor(restMs / unitMs)).padStart(2, '0');
}
