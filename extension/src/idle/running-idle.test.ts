import '../testing/dom.testkit.js';
import { nullTranslator } from '@jupyterlab/translation';
import { FakeIdleModel, makeJudgement, NOW } from '../testing/idle.testkit.js';
import { RunningIdle } from './running-idle.js';

const trans = nullTranslator.load('jupyterlab_berth');

test('what is due can be put off one by one or all at once; what has no snooze left cannot', () => {
  const snooze = jest.fn();
  const open = jest.fn();
  const judgements = [
    makeJudgement('spent', 60_000, { next: { snoozeLeftMs: 0 } }),
    makeJudgement('due', 90_000),
    makeJudgement('active', null, { activity: 'active' })
  ];
  const model = new FakeIdleModel({ judgements });
  const running = new RunningIdle({ model, trans, open, snooze, now: () => NOW });
  const items = running.running();
  expect(items.map(item => item.label())).toEqual(['spent.ipynb', 'due.ipynb', 'active.ipynb']);
  expect(items.map(item => item.shutdown !== undefined)).toEqual([false, true, false]);
  expect(items[2]?.detail?.()).toBe('In use');
  items[1]?.shutdown?.();
  running.shutdownAll();
  expect(snooze.mock.calls).toEqual([[{ kind: 'kernel', id: 'due' }], [{ kind: 'kernel', id: 'due' }]]);
  items[0]?.open?.();
  expect(open).toHaveBeenCalledWith('spent.ipynb');
  model.become({ presence: 'offline' });
  expect(running.running()).toEqual([]);
  running.dispose();
});
