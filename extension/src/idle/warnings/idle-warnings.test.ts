import '../../testing/dom.testkit.js';
import type { Judgement } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { FakeIdleModel, makeJudgement, NOW } from '../../testing/idle.testkit.js';
import { IdleWarnings } from './idle-warnings.js';

const trans = nullTranslator.load('jupyterlab_berth');

const announced = (leftMs: number, warnedAtMs = NOW, more: Partial<Judgement['next']> = {}) =>
  makeJudgement('train', leftMs, { next: { warnedAtMs, ...more } });

function setUp(isOn = true) {
  const model = new FakeIdleModel();
  const onSnooze = jest.fn();
  const onShow = jest.fn();
  const warnings = new IdleWarnings({ model, trans, isOn: () => isOn, onSnooze, onShow, now: () => NOW });
  return { model, onSnooze, onShow, warnings };
}

const notices = () => Notification.manager.notifications;
afterEach(() => Notification.manager.dismiss());

test('an announcement is told once, with what goes and when, and rewritten in place when that is later', () => {
  const { model, warnings } = setUp();
  model.show({ judgements: [announced(300_000)] });
  model.show({ judgements: [announced(300_000)] });
  expect(notices()).toHaveLength(1);
  const [{ id, message }] = notices() as [Notification.INotification];
  expect(message).toMatch(/^train\.ipynb: its kernel is released at .* Nothing was used for 12 min/);
  model.show({ judgements: [announced(900_000)] });
  expect(notices().map(notice => notice.id)).toEqual([id]);
  expect(notices()[0]?.message).not.toBe(message);
  warnings.dispose();
  expect(notices()).toEqual([]);
});

test('another second of being idle is no reason to write it anew', () => {
  const { model, warnings } = setUp();
  const judgement = announced(300_000);
  model.show({ judgements: [judgement] });
  const before = notices()[0]?.modifiedAt;
  model.show({ judgements: [{ ...judgement, idleMs: judgement.idleMs + 120_000 }] });
  expect(notices()[0]?.modifiedAt).toBe(before);
  expect(notices()[0]?.message).toMatch(/12 min/);
  warnings.dispose();
});

test('it goes when the person goes on, and comes with the next announcement', () => {
  const { model, warnings } = setUp();
  model.show({ judgements: [announced(300_000)] });
  model.show({ judgements: [makeJudgement('train', null, { activity: 'active' })] });
  expect(notices()).toEqual([]);
  model.show({ judgements: [announced(300_000, NOW + 1)] });
  expect(notices()).toHaveLength(1);
  warnings.dispose();
});

test('once it was closed or snoozed it is not repeated until there is another announcement', () => {
  const { model, warnings } = setUp();
  model.show({ judgements: [announced(300_000)] });
  Notification.manager.dismiss();
  model.show({ judgements: [announced(2_100_000)] });
  expect(notices()).toEqual([]);
  model.show({ judgements: [announced(300_000, NOW + 1_800_000)] });
  expect(notices()).toHaveLength(1);
  warnings.dispose();
});

test('it stands while the server does not answer: nothing is known to be otherwise', () => {
  const { model, warnings } = setUp();
  model.show({ judgements: [announced(300_000)] });
  model.become({ presence: 'offline' });
  expect(notices()).toHaveLength(1);
  warnings.dispose();
});

test.each([
  ['what is only rehearsed', announced(300_000, NOW, { hold: 'dry-run' }), true],
  ['what is not announced', makeJudgement('train', 300_000), true],
  ['anything to those who do not want it', announced(300_000), false]
])('it does not tell %s', (_, judgement, isOn) => {
  const { model, warnings } = setUp(isOn);
  model.show({ judgements: [judgement] });
  expect(notices()).toEqual([]);
  warnings.dispose();
});

test('it offers a snooze as long as there is one, and to show what was measured without going away', () => {
  const { model, warnings, onSnooze, onShow } = setUp();
  model.show({ judgements: [announced(300_000)] });
  const actions = notices()[0]?.options.actions ?? [];
  expect(actions.map(({ label }) => label)).toEqual(['Snooze 30 min', 'Show']);
  const preventDefault = jest.fn();
  const press = { preventDefault } as unknown as MouseEvent;
  actions[0]?.callback(press);
  expect(onSnooze).toHaveBeenCalledWith({ kind: 'kernel', id: 'train' });
  expect(preventDefault).not.toHaveBeenCalled();
  actions[1]?.callback(press);
  expect(onShow).toHaveBeenCalled();
  expect(preventDefault).toHaveBeenCalled();
  model.show({ judgements: [announced(300_000, NOW + 1, { snoozeLeftMs: 0 })] });
  expect(notices()[0]?.options.actions?.map(({ label }) => label)).toEqual(['Show']);
  warnings.dispose();
});

test('five hundred kernels that are announced at once leave room on the page', () => {
  const { model, warnings, onShow } = setUp();
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      makeJudgement(`k-${index}`, 600_000 - index, { next: { warnedAtMs: NOW } })
    );
  const rest = () => notices().filter(({ message }) => message.startsWith('495 more') || message.startsWith('2 more'));
  model.show({ judgements: many(500) });
  expect(notices()).toHaveLength(6);
  expect(notices().some(({ message }) => message.startsWith('k-499.ipynb'))).toBe(true);
  rest()[0]?.options.actions?.[0]?.callback(new MouseEvent('click'));
  expect(onShow).toHaveBeenCalled();
  Notification.dismiss(rest()[0]?.id ?? '');
  model.show({ judgements: many(500).slice(-7) });
  expect(rest()).toEqual([]);
  expect(notices()).toHaveLength(5);
  model.show({ judgements: many(500) });
  expect(rest()).toHaveLength(1);
  model.show({ judgements: [] });
  expect(notices()).toEqual([]);
  warnings.dispose();
});
