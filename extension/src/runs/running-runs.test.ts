import '../testing/dom.testkit.js';
import { nullTranslator } from '@jupyterlab/translation';
import { FakeModel } from '../testing/fake-model.testkit.js';
import { makeRun } from '../testing/gateway.testkit.js';
import { RunningRuns } from './running-runs.js';

test('one run is cancelled after a question; all of them without another, for the panel has asked', () => {
  const cancel = jest.fn();
  const model = new FakeModel({ runs: [makeRun('a'), makeRun('b'), makeRun('c', { phase: 'Failed' })] });
  const trans = nullTranslator.load('jupyterlab_berth');
  const running = new RunningRuns({ model, trans, open: jest.fn(), cancel });
  running.running()[0]?.shutdown?.();
  expect(cancel.mock.calls).toEqual([['a', false]]);
  cancel.mockClear();
  running.shutdownAll();
  expect(cancel.mock.calls).toEqual([
    ['a', true],
    ['b', true]
  ]);
});
