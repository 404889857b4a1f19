import '../../testing/dom.testkit.js';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { FakeIdleModel, makeJudgement, NOW } from '../../testing/idle.testkit.js';
import type { IIdleSettings } from '../idle-settings.js';
import { IdlePopup } from './idle-popup.js';
import { IdleStatus } from './idle-status-item.js';

const trans = nullTranslator.load('jupyterlab_berth');
const choices = { showActive: false, notify: true, wish: null };
const settings: IIdleSettings = { choices, isLoaded: true, changed: new Signal({} as IIdleSettings) };

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  jest.useRealTimers();
});

test('the countdown is right to the second, by the server’s clock', () => {
  const model = new FakeIdleModel({ judgements: [makeJudgement('k', 272_000)] });
  model.become({ offsetMs: 2_000 });
  render(<IdleStatus model={model} settings={settings} kernelId="k" trans={trans} onClick={() => undefined} />);
  screen.getByText('Released in 4:30');
  act(() => jest.advanceTimersByTime(1_000));
  screen.getByText('Released in 4:29');
});

test('what is announced is said aloud once, the countdown is not', () => {
  const judgement = makeJudgement('k', 272_000, { next: { warnedAtMs: NOW } });
  const model = new FakeIdleModel({ judgements: [judgement] });
  render(<IdleStatus model={model} settings={settings} kernelId="k" trans={trans} onClick={() => undefined} />);
  const before = screen.getByRole('status').textContent;
  expect(before).toMatch(/^k\.ipynb: its kernel is released at/);
  act(() => jest.advanceTimersByTime(3_000));
  expect(screen.getByRole('status').textContent).toBe(before);
  expect(screen.getByRole('button').closest('[aria-live]')).toBeNull();
});

test('it takes no room while there is nothing to say', () => {
  const model = new FakeIdleModel({ judgements: [makeJudgement('k', null, { activity: 'active' })] });
  render(<IdleStatus model={model} settings={settings} kernelId="k" trans={trans} onClick={() => undefined} />);
  expect(screen.queryByRole('button')).toBeNull();
});

test('the popup stays with its subject while another becomes due earlier, and says when its kernel is gone', () => {
  const model = new FakeIdleModel({ judgements: [makeJudgement('a', 60_000)] });
  const desk = { snooze: jest.fn(() => Promise.resolve()), dismiss: jest.fn(), report: jest.fn() };
  render(<IdlePopup model={model} desk={desk} kernelId={null} trans={trans} onShowAll={() => undefined} />);
  screen.getByRole('heading', { name: 'a.ipynb' });
  act(() => model.show({ judgements: [makeJudgement('b', 1_000), makeJudgement('a', 60_000)] }));
  screen.getByRole('heading', { name: 'a.ipynb' });
  fireEvent.click(screen.getByRole('button', { name: 'Snooze 30 min: a.ipynb' }));
  expect(desk.snooze).toHaveBeenCalledWith({ kind: 'kernel', id: 'a' });
  act(() => model.show({ judgements: [] }));
  screen.getByText('Its kernel is gone.');
});
