import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, render, screen } from '@testing-library/react';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeRun } from '../../testing/gateway.testkit.js';
import type { IRunHandlers } from '../run-handlers.js';
import { Runs } from './runs.js';

const trans = nullTranslator.load('jupyterlab_berth');
const handlers: IRunHandlers = {
  open: jest.fn(),
  cancel: jest.fn(),
  retry: jest.fn(),
  remove: jest.fn(),
  openResults: jest.fn(),
  openNotebook: jest.fn(),
  copyCurl: jest.fn()
};

afterEach(cleanup);

test('two runs of one notebook can be told apart, by eye and by ear', () => {
  const of = (suffix: string, submittedAtMs: number) =>
    makeRun(`01-train-${suffix}`, { name: '01-train', submittedAtMs });
  const runs = [of('k3x9p', Date.now()), of('a7b2c', Date.UTC(2001, 5, 15))];
  render(<Runs model={new FakeModel({ runs })} handlers={handlers} selected={null} trans={trans} />);
  expect(screen.getByRole('button', { name: 'Cancel: 01-train · k3x9p' })).toBeTruthy();
  expect(screen.getByRole('button', { name: '01-train · a7b2c' }).textContent).toBe('01-train');
  const [today, long] = [...document.querySelectorAll('time')].map(({ textContent }) => textContent);
  expect(today).toMatch(/^\d\d?:\d\d/);
  expect(long).toContain('2001');
});

test('a run that was just submitted leaves the focus where it is', () => {
  render(<Runs model={new FakeModel({ runs: [makeRun('a')] })} handlers={handlers} selected="a" trans={trans} />);
  expect(document.activeElement).toBe(document.body);
});

test('a place in the queue that the reason tells is not told again', () => {
  const message = 'Waiting for compute on cpu, place 2 in line.';
  const queued = { phase: 'Queued', position: 2 } as const;
  const runs = [
    makeRun('a', { ...queued, reason: { code: 'WaitingForCompute', message } }),
    makeRun('b', { ...queued, reason: null })
  ];
  render(<Runs model={new FakeModel({ runs })} handlers={handlers} selected={null} trans={trans} />);
  expect(screen.getByText(message)).toBeTruthy();
  expect(screen.getAllByText('Place 2 in the queue.')).toHaveLength(1);
});

test('Retry says what it runs', () => {
  const failed = makeRun('a', { phase: 'Failed', actions: ['retry', 'delete'] });
  render(<Runs model={new FakeModel({ runs: [failed] })} handlers={handlers} selected={null} trans={trans} />);
  expect(screen.getByRole('button', { name: /^Retry/ }).title).toMatch(/^The same snapshot again/);
});
