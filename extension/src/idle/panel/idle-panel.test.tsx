import '../../testing/dom.testkit.js';
import type { ActivityView } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { FakeIdleModel, makeJudgement, makeStop, NOW } from '../../testing/idle.testkit.js';
import { IdlePanel } from './idle-panel.js';

const trans = nullTranslator.load('jupyterlab_berth');

afterEach(() => {
  cleanup();
  jest.useRealTimers();
});

function show(view: Partial<ActivityView>) {
  jest.useFakeTimers({ now: NOW, doNotFake: ['setTimeout', 'clearTimeout'] });
  const model = new FakeIdleModel(view);
  const desk = {
    snooze: jest.fn(() => Promise.resolve()),
    dismiss: jest.fn(() => Promise.resolve()),
    report: jest.fn(() => Promise.resolve('/data/berth/activity/reports/1.json'))
  };
  const onOpen = jest.fn();
  render(<IdlePanel model={model} desk={desk} trans={trans} onOpen={onOpen} />);
  return { model, desk, onOpen };
}

const row = (name: string) => within(screen.getByRole('listitem', { name }));

test('a kernel is shown with its state, its evidence, what follows, whose limit it is, and what a snooze adds', async () => {
  const signals = [
    {
      signal: 'silent-busy' as const,
      counts: false,
      text: 'A cell has run for 25 h without using anything',
      atMs: NOW - 9_000
    }
  ];
  const { desk, onOpen } = show({ judgements: [makeJudgement('train', 272_000, { signals })] });
  const train = row('train.ipynb');
  train.getByText('Idle for 12 min');
  train.getByText(/^Released in 4:32, at /);
  train.getByText('Does not count: A cell has run for 25 h without using anything (9 s ago)');
  train.getByText('Hard limit, set by the platform.');
  train.getByText('Snoozes may still add 1 h.');
  fireEvent.click(train.getByRole('button', { name: 'Snooze 30 min: train.ipynb' }));
  await waitFor(() => expect(desk.snooze).toHaveBeenCalledWith({ kind: 'kernel', id: 'train' }));
  fireEvent.click(train.getByRole('button', { name: 'train.ipynb' }));
  expect(onOpen).toHaveBeenCalledWith('train.ipynb');
});

test('with the budget spent there is no button, and that is said', () => {
  show({ judgements: [makeJudgement('train', 60_000, { next: { snoozeLeftMs: 0 } })] });
  expect(row('train.ipynb').queryByRole('button', { name: /Snooze/ })).toBeNull();
  row('train.ipynb').getByText('No snooze is left for now.');
});

test('a dry run speaks of no snooze: nothing is to be put off', () => {
  show({ dryRun: true, judgements: [makeJudgement('train', 60_000, { next: { hold: 'dry-run' } })] });
  expect(row('train.ipynb').queryByText(/[Ss]nooze/)).toBeNull();
});

test('a button that was pressed keeps the focus, which Escape needs in the popup, and asks once', () => {
  const { desk } = show({ judgements: [makeJudgement('train', 60_000)] });
  desk.snooze.mockReturnValue(new Promise(() => undefined));
  const button = row('train.ipynb').getByRole('button', { name: /^Snooze/ });
  button.focus();
  fireEvent.click(button);
  fireEvent.click(button);
  expect(document.activeElement).toBe(button);
  expect(button).toHaveProperty('disabled', false);
  expect(desk.snooze).toHaveBeenCalledTimes(1);
});

test('a policy that is wrong is not called switched off', () => {
  show({ enabled: false, problems: ['kernel.hardSeconds: want a whole number'] });
  expect(screen.queryByText(/switched off/)).toBeNull();
});

test('the chart is told in words to those who do not see it', () => {
  const point = { state: 'busy', cpu: 0.5, gpu: null, input: false };
  const points = [{ ...point, atMs: NOW - 120_000, input: true }, { ...point, atMs: NOW - 60_000, cpu: 1.2 }]; // prettier-ignore
  show({ judgements: [makeJudgement('train', null)], timelines: [{ kernel: 'train', name: 'train', points }] });
  screen.getByRole('img', {
    name: 'The last 2 min of train.ipynb: processor now 1.2, GPU not measured, last done by you 2 min ago'
  });
});

test.each([
  ['without kernels', { judgements: [] }, /No kernels run/],
  ['without a judge', { judge: null }, /Nobody judges yet/],
  ['with all switched off', { enabled: false }, /switched off: nothing is stopped/],
  ['in a dry run', { dryRun: true }, /It is said what would be stopped; nothing is/],
  [
    'with a policy that is wrong',
    { problems: ['kernel.hardSeconds: want a whole number'] },
    /kernel\.hardSeconds: want/
  ]
])('%s it says so', (_, view, want) => {
  show(view);
  screen.getByText(want);
});

test('a server that does not answer is named, and what was known stays', () => {
  const { model } = show({ judgements: [makeJudgement('train', null)] });
  act(() => model.become({ presence: 'offline' }));
  screen.getByText('The Jupyter server does not answer.');
  row('train.ipynb');
});

test('of 500 kernels those that go first are shown, the rest when it is asked for', () => {
  const judgements = Array.from({ length: 500 }, (_, index) => makeJudgement(`k${index}`, 1_000 * (500 - index)));
  show({ judgements });
  expect(screen.getAllByLabelText(/\.ipynb$/, { selector: 'li' })).toHaveLength(20);
  row('k499.ipynb');
  fireEvent.click(screen.getByRole('button', { name: 'Show all 500' }));
  row('k0.ipynb');
});

test('what was stopped is told until it is dismissed, and "Was this wrong?" says where the report lies', async () => {
  const { desk, onOpen } = show({ stops: [makeStop('s-1')] });
  const stop = within(screen.getByRole('listitem', { name: /^The kernel of train\.ipynb was released at/ }));
  stop.getByText(/Nothing was used for 1 h/);
  fireEvent.click(stop.getByRole('button', { name: 'Open train.ipynb' }));
  expect(onOpen).toHaveBeenCalledWith('a/train.ipynb');
  fireEvent.click(stop.getByRole('button', { name: /^Was this wrong\?/ }));
  fireEvent.change(stop.getByRole('textbox'), { target: { value: 'It was training.' } });
  fireEvent.click(stop.getByRole('button', { name: 'Write Report' }));
  await waitFor(() => stop.getByText(/are in \/data\/berth\/activity\/reports\/1\.json/));
  expect(desk.report).toHaveBeenCalledWith({ subject: null, stopId: 's-1', text: 'It was training.' });
  fireEvent.click(stop.getByRole('button', { name: /^Dismiss/ }));
  expect(desk.dismiss).toHaveBeenCalledWith('s-1');
});

test('a report that cannot be written is no silent loss', async () => {
  const { desk } = show({ judgements: [makeJudgement('train', null)] });
  desk.report.mockRejectedValueOnce(new Error('disk full'));
  fireEvent.click(row('train.ipynb').getByRole('button', { name: /^Was this wrong\?/ }));
  fireEvent.click(row('train.ipynb').getByRole('button', { name: 'Write Report' }));
  await waitFor(() => row('train.ipynb').getByText('It could not be written: disk full'));
});
