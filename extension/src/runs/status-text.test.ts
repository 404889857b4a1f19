import { nullTranslator } from '@jupyterlab/translation';
import { makeRun } from '../testing/gateway.testkit.js';
import { statusText } from './status-text.js';

const trans = nullTranslator.load('jupyterlab_berth');
const live = { state: 'live', sinceMs: 0 } as const;
const queued = makeRun('q', { phase: 'Queued' });
const ended = makeRun('e', { phase: 'Succeeded' });

test.each([
  { runs: [makeRun('a'), queued, ended], want: '1 running · 1 queued' },
  { runs: [queued, queued], want: '2 queued' },
  { runs: [makeRun('a', { phase: 'Stopping' })], want: '1 running' },
  { runs: [ended], want: 'nothing running' }
])('the status bar says "$want"', ({ runs, want }) => {
  expect(statusText(runs, live, true, trans)).toBe(want);
});

test('what is not known is not made up', () => {
  expect(statusText([], live, false, trans)).toBe('connecting…');
  const lost = { state: 'lost', sinceMs: 0, reason: null, nextTryAtMs: null } as const;
  expect(statusText([makeRun('a')], lost, true, trans)).toBe('not connected');
});
