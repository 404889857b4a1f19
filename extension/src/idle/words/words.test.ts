import { nullTranslator } from '@jupyterlab/translation';
import { makeJudgement, makeView, NOW } from '../../testing/idle.testkit.js';
import type { IIdleState } from '../idle-state.js';
import { aged } from './aged.js';
import { announcementText, reasonText } from './announcement.js';
import { formatCountdown, formatSpan } from './countdown.js';
import { bySoonest, canSnooze, isAnnounced, isDue } from './due.js';
import { nextText, policyText } from './idle-words.js';
import { statusLine } from './status-line.js';
import { keptText } from './stop-words.js';

const trans = nullTranslator.load('jupyterlab_berth');

test.each([
  [272_000, '4:32'],
  [271_001, '4:32'],
  [9_000, '0:09'],
  [1, '0:01'],
  [0, '0:00'],
  [-5_000, '0:00'],
  [600_000, '10:00'],
  [3_872_000, '1:04:32']
])('%i ms are counted down as %s', (ms, want) => {
  expect(formatCountdown(ms)).toBe(want);
});

test.each([
  [-1, '0 s'],
  [59_999, '59 s'],
  [720_000, '12 min'],
  [3_600_000, '1 h'],
  [11_040_000, '3 h 04 min']
])('%i ms are summed up as %s', (ms, want) => {
  expect(formatSpan(ms)).toBe(want);
});

test('what is active, held or without limit is not due; a dry run is, but is neither announced nor snoozed', () => {
  const warned = { warnedAtMs: NOW };
  const dry = makeJudgement('k', 60_000, { next: { ...warned, hold: 'dry-run' } });
  expect(isDue(makeJudgement('k', null))).toBe(false);
  expect(isDue(makeJudgement('k', 60_000, { activity: 'active' }))).toBe(false);
  expect(isDue(makeJudgement('k', 60_000, { next: { hold: 'nobody-waits' } }))).toBe(false);
  expect([isDue(dry), isAnnounced(dry), canSnooze(dry)]).toEqual([true, false, false]);
  expect(isAnnounced(makeJudgement('k', 60_000, { next: warned }))).toBe(true);
  expect(canSnooze(makeJudgement('k', 60_000, { next: { snoozeLeftMs: 0 } }))).toBe(false);
});

test('while a server says nothing what is idle goes on being idle, but not for ever', () => {
  const judgement = makeJudgement('k', 60_000, { idleMs: 1_000 });
  expect(aged(judgement, NOW, NOW + 15_000).idleMs).toBe(16_000);
  expect(aged(judgement, NOW, NOW + 3_600_000).idleMs).toBe(61_000);
  expect(aged(judgement, NOW, NOW - 5_000).idleMs).toBe(1_000);
  expect(aged(judgement, null, NOW + 15_000).idleMs).toBe(1_000);
  expect(aged(makeJudgement('k', null, { activity: 'unknown', idleMs: 0 }), NOW, NOW + 15_000).idleMs).toBe(0);
});

test('what goes first stands first, and the workspace last', () => {
  const workspace = makeJudgement('w', 1_000, { subject: { kind: 'workspace' } });
  const list = [workspace, makeJudgement('never', null), makeJudgement('late', 90_000), makeJudgement('soon', 60_000)];
  expect(bySoonest(list).map(({ name }) => name)).toEqual(['soon.ipynb', 'late.ipynb', 'never.ipynb', 'w.ipynb']);
});

test.each([
  ['switched-off', /switched off/],
  ['no-limit', /no limit/],
  ['nobody-waits', /while nobody waits/],
  ['dry-run', /^Would be released in 1:00, but this is a dry run/],
  ['unconfirmed', /^Released at any moment, once a fresh look/],
  [null, /^Released in 1:00, at /]
] as const)('what follows is said with its hold %s', (hold, want) => {
  const leftMs = hold === 'unconfirmed' ? -1 : 60_000;
  expect(nextText(makeJudgement('k', leftMs, { next: { hold } }), NOW, NOW, trans)).toMatch(want);
});

test('what is announced by a judge that is silent since is not counted down: it stays, and that is said', () => {
  const announced = makeJudgement('k', -1, { next: { warnedAtMs: NOW } });
  expect(nextText(announced, NOW - 120_000, NOW, trans)).toBe(
    'It stays for now: what decides on it has not answered for 2 min.'
  );
  expect(nextText(announced, NOW - 30_000, NOW, trans)).toMatch(/^Released at any moment/);
  expect(nextText(makeJudgement('k', 60_000), NOW - 1_800_000, NOW, trans)).toMatch(/^Released in 1:00/);
});

test('whose limit it is is said, and what kind of limit', () => {
  const { next } = makeJudgement('k', 60_000, { next: { limit: 'soft', policyOf: 'team' } });
  expect(policyText(next, trans)).toBe('Soft limit, set by your team: it holds while somebody waits');
  expect(policyText({ ...next, limit: null }, trans)).toBe('');
});

test('a notification has room for what goes, when and why', () => {
  const judgement = makeJudgement(`a-notebook-with-${'quite-'.repeat(9)}a-long-name`, 600_000, {
    next: { warnedAtMs: NOW }
  });
  if (!isDue(judgement)) throw new Error('it is due');
  const text = `${announcementText(judgement, NOW, trans)} ${reasonText(judgement, trans)}`;
  expect(text).toMatch(/^a-notebook.* its kernel is released at .* Nothing was used for 12 min\. Hard limit, set by/);
  expect(text.length).toBeLessThanOrEqual(140); // Lab cuts what is longer
});

test('a soft limit is not announced as a hard one, and what it rests on is in it', () => {
  const judgement = makeJudgement(`a-notebook-with-${'quite-'.repeat(9)}a-long-name`, 600_000, {
    next: { warnedAtMs: NOW, limit: 'soft', policyOf: 'class' }
  });
  if (!isDue(judgement)) throw new Error('it is due');
  expect(reasonText(judgement, trans)).toBe('Nothing was used for 12 min. Somebody waits: limit of the compute class.');
  const text = `${announcementText(judgement, NOW, trans)} ${reasonText(judgement, trans)}`;
  expect(text.length).toBeLessThanOrEqual(140); // Lab cuts what is longer
});

test('what was kept is named as far as there is any', () => {
  expect(keptText({ environment: null, compute: null }, trans)).toBe(
    'Kept: the notebook with its outputs and all files.'
  );
  expect(keptText({ environment: 'study', compute: 'H200' }, trans)).toMatch(
    /the environment study, the wish for H200/
  );
});

describe('the status bar', () => {
  const say = (view: Parameters<typeof makeView>[0], kernel: string | null, more: Partial<IIdleState> = {}) => {
    const state: IIdleState = { presence: 'live', view: makeView(view), offsetMs: 0, ...more };
    return statusLine(state, kernel, NOW, { showActive: false, trans });
  };
  const soon = makeJudgement('soon', 60_000);
  const late = makeJudgement('late', 272_000);
  const workspace = makeJudgement('w', 30_000, { subject: { kind: 'workspace' }, next: { what: 'stop' } });

  test('counts down for the notebook in front, to the second', () => {
    expect(say({ judgements: [soon, late] }, 'late')?.text).toBe('Released in 4:32');
  });

  test('without a kernel in front it counts down for what goes first, by name', () => {
    expect(say({ judgements: [late, soon] }, null)?.text).toBe('soon.ipynb: Released in 1:00');
  });

  test('tells of the workspace where that goes earlier', () => {
    expect(say({ judgements: [late, workspace] }, 'late')?.text).toBe('The whole workspace: Stopped in 0:30');
  });

  test('says only how long it is idle while nothing is near', () => {
    expect(say({ judgements: [makeJudgement('far', 8 * 3_600_000)] }, 'far')?.text).toBe('Idle 12 min');
    expect(say({ judgements: [makeJudgement('never', null)] }, 'never')?.text).toBe('Idle 12 min');
  });

  test('a long name of what is not in front leaves room for its time', () => {
    const long = makeJudgement('a-very-long-notebook-name-of-an-experiment', 60_000);
    expect(say({ judgements: [long] }, null)?.text).toBe('a-very-long-noteboo…: Released in 1:00');
  });

  test('says of what it is that it is idle where that is not in front', () => {
    expect(say({ judgements: [makeJudgement('far', 8 * 3_600_000)] }, null)?.text).toBe('far.ipynb: Idle 12 min');
  });

  test('alarms nobody in a dry run', () => {
    const dry = makeJudgement('k', 60_000, { next: { hold: 'dry-run', warnedAtMs: NOW } });
    expect(say({ judgements: [dry] }, 'k')).toMatchObject({ text: 'Idle 12 min', announcement: '', isTicking: false });
  });

  test('does not count down what a silent judge has announced', () => {
    const announced = makeJudgement('k', -60_000, { next: { warnedAtMs: NOW - 120_000 } });
    expect(say({ judgements: [announced], judgedMs: NOW - 90_000 }, 'k')?.text).toBe('Release on hold');
  });

  test('says nothing of the rest between two cells', () => {
    expect(say({ judgements: [makeJudgement('k', null, { idleMs: 59_000 })] }, 'k')).toBeNull();
    expect(say({ judgements: [makeJudgement('k', 272_000, { idleMs: 0 })] }, 'k')?.text).toBe('Released in 4:32');
  });

  test('says aloud only what is announced, and the same all along', () => {
    const announced = makeJudgement('k', 272_000, { next: { warnedAtMs: NOW } });
    expect(say({ judgements: [late] }, 'late')?.announcement).toBe('');
    expect(say({ judgements: [announced] }, 'k')?.announcement).toMatch(/its kernel is released at/);
  });

  test('says nothing while it is in use, unless that is wanted', () => {
    const active = makeJudgement('k', null, { activity: 'active' });
    expect(say({ judgements: [active] }, 'k')).toBeNull();
    const state: IIdleState = { presence: 'live', view: makeView({ judgements: [active] }), offsetMs: 0 };
    expect(statusLine(state, 'k', NOW, { showActive: true, trans })?.text).toBe('In use');
  });

  test.each([
    ['nobody judges', { judge: null }, {}],
    ['all is switched off', { enabled: false }, {}],
    ['the server does not answer: its countdown may be wrong', {}, { presence: 'offline' as const }],
    ['there is no agent', {}, { presence: 'absent' as const, view: null }]
  ])('says nothing when %s', (_, view, state) => {
    expect(say({ judgements: [soon], ...view }, 'soon', state)).toBeNull();
  });
});
