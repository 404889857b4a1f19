import '../testing/dom.testkit.js';
import type { ActivityView } from '@berth/gateway/contract';
import type { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { makeJudgement, makeView, NOW } from '../testing/idle.testkit.js';
import { ACTIVITY_SCHEMA, IdleModel } from './idle-model.js';

const TIMELINES = [{ kernel: null, name: 'rest', points: [] }];

function setUp(first: ActivityView | null | Error) {
  let answer = first;
  let now = NOW;
  let asked = 0;
  const view = async (): Promise<ActivityView | null> => {
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const events = new Signal<object, Event.Emission>({});
  const model = new IdleModel({ client: { view }, events, now: () => now });
  const push = (it: ActivityView): void => events.emit({ schema_id: ACTIVITY_SCHEMA, view: it });
  return {
    model,
    events,
    push,
    asked: () => asked,
    answer: (next: ActivityView | null | Error) => (answer = next),
    pass: (ms: number) => (now += ms)
  };
}

/** After the state is another. */
const changed = (model: IdleModel) =>
  new Promise<void>(resolve => {
    const once = (): void => {
      model.changed.disconnect(once);
      resolve();
    };
    model.changed.connect(once);
  });

async function started(first: ActivityView | null | Error) {
  const it = setUp(first);
  const first_ = changed(it.model);
  it.model.start();
  await first_;
  return it;
}

test('a Jupyter server without the agent shows nothing, and is not asked for ever', async () => {
  const { model, asked, push } = await started(null);
  expect(model.state).toMatchObject({ presence: 'absent', view: null });
  model.refresh();
  push(makeView());
  expect(model.state.presence).toBe('absent');
  expect(asked()).toBe(1);
  model.dispose();
});

test('a push without timelines leaves those that are known', async () => {
  const { model, push } = await started(makeView({ timelines: TIMELINES }));
  push(makeView({ judgements: [makeJudgement('k', 60_000)] }));
  expect(model.state.view?.timelines).toBe(TIMELINES);
  expect(model.state.view?.judgements).toHaveLength(1);
  model.dispose();
});

test('events of others are none of its business', async () => {
  const { model, events } = await started(makeView());
  const before = model.state;
  events.emit({ schema_id: 'https://events.jupyter.org/other' });
  expect(model.state).toBe(before);
  model.dispose();
});

test('the countdown follows the server’s clock, and a slow answer does not shift it', async () => {
  const { model, push } = await started(makeView({ nowMs: NOW + 60_000 }));
  expect(model.state.offsetMs).toBe(60_000);
  push(makeView({ nowMs: NOW + 59_200 }));
  expect(model.state.offsetMs).toBe(60_000);
  push(makeView({ nowMs: NOW + 60_100 }));
  expect(model.state.offsetMs).toBe(60_100);
  push(makeView({ nowMs: NOW - 3_600_000 }));
  expect(model.state.offsetMs).toBe(-3_600_000);
  model.dispose();
});

test('what is known stays while the server does not answer, and a push tells that it is back', async () => {
  const { model, answer, push } = await started(makeView({ judgements: [makeJudgement('k', 60_000)] }));
  let connections = 0;
  model.connected.connect(() => (connections += 1));
  answer(new Error('refused'));
  const lost = changed(model);
  model.refresh();
  await lost;
  expect(model.state.presence).toBe('offline');
  expect(model.state.view?.judgements).toHaveLength(1);
  push(makeView());
  expect(model.state.presence).toBe('live');
  expect(connections).toBe(1);
  model.dispose();
});

test('a login that runs out does not end it for good: it is asked again, and is back with the next answer', async () => {
  jest.useFakeTimers({ now: NOW });
  try {
    const { model, answer, asked } = setUp(makeView({ judgements: [makeJudgement('k', 60_000)] }));
    model.start();
    await jest.advanceTimersByTimeAsync(1_000);
    answer(null);
    model.refresh();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(model.state).toMatchObject({ presence: 'offline', view: { judgements: [{ name: 'k.ipynb' }] } });
    const before = asked();
    answer(makeView());
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked()).toBeGreaterThan(before);
    expect(model.state.presence).toBe('live');
    model.dispose();
  } finally {
    jest.useRealTimers();
  }
});

test('a push that is silent for a minute is not trusted: the server is asked', async () => {
  jest.useFakeTimers({ now: NOW });
  try {
    const { model, asked, pass, push } = setUp(makeView());
    model.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(asked()).toBe(1);
    pass(30_000);
    push(makeView());
    pass(45_000);
    await jest.advanceTimersByTimeAsync(16_000);
    expect(asked()).toBe(1);
    pass(15_000);
    await jest.advanceTimersByTimeAsync(16_000);
    expect(asked()).toBe(2);
    model.dispose();
  } finally {
    jest.useRealTimers();
  }
});
