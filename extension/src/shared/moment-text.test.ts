import { formatMoment } from './moment-text.js';

const at = (text: string): number => new Date(text).getTime();
const NOW = at('2026-09-03T18:30:00');

test.each([
  { moment: '2026-09-03T14:03:20', locale: 'en-GB', want: '14:03' },
  { moment: '2026-09-03T14:03:20', locale: 'en-US', want: /^2:03\sPM$/ },
  { moment: '2026-09-02T23:59:59', locale: 'en-GB', want: /^2 Sept?$/ },
  { moment: '2025-09-03T14:03:00', locale: 'de-DE', want: /^3\. Sept?\.? 2025$/ }
])('$moment reads $want in $locale', ({ moment, locale, want }) => {
  expect(formatMoment(at(moment), NOW, locale)).toMatch(want);
});
