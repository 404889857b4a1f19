import { nullTranslator } from '@jupyterlab/translation';
import { makeRun } from '../testing/gateway.testkit.js';
import { endedRun, endMessage } from './run-ended.js';

const trans = nullTranslator.load('jupyterlab_berth');
const running = makeRun('a');
const failed = makeRun('a', { phase: 'Failed', reason: { code: 'ExitCode', message: 'Rank 1 ended with code 1.' } });

test.each([
  { name: 'a run that ends is told', before: running, after: failed, want: 'a' },
  { name: 'a run that goes on is not', before: running, after: running, want: undefined },
  { name: 'one that had ended before is not', before: failed, after: failed, want: undefined },
  { name: 'one that the page has never seen alive is not', before: null, after: failed, want: undefined },
  { name: 'a deleted one is not', before: running, after: null, want: undefined }
])('$name', ({ before, after, want }) => {
  expect(endedRun({ before, after })?.id).toBe(want);
});

test('the message says which run of the notebook, and why', () => {
  const run = { ...failed, id: '01-train-k3x9p', name: '01-train' };
  const text = '01-train · k3x9p failed: Rank 1 ended with code 1.';
  expect(endMessage(run, trans)).toEqual({ kind: 'error', text });
  expect(endMessage(makeRun('a', { phase: 'Succeeded' }), trans).kind).toBe('success');
});
