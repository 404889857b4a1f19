/** Moments as people tell them apart in a list. */

const TIME: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const DATE: Intl.DateTimeFormatOptions = { ...DAY, year: 'numeric' };

/** One formatter each: making one takes longer than all that it does. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The time of today, the day of this year, the date of another: `14:03`, `3 Sep`, `3 Sep 2025` in the reader's own way.
 *
 * @param locale - Default: the browser's.
 */
export function formatMoment(atMs: number, nowMs: number, locale?: string): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  if (at.toDateString() === now.toDateString()) return formatOf('time', TIME, locale).format(at);
  if (at.getFullYear() === now.getFullYear()) return formatOf('day', DAY, locale).format(at);
  return formatOf('date', DATE, locale).format(at);
}

function formatOf(name: string, options: Intl.DateTimeFormatOptions, locale?: string): Intl.DateTimeFormat {
  const key = `${name} ${locale ?? ''}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}
