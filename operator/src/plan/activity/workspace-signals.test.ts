/** What makes a whole workspace active, and what does not. */
import { describe, expect, test } from '@jest/globals';
import {
  failed,
  hear,
  judged,
  judgementOf,
  kernel,
  kernels,
  process,
  seen,
  START_T,
  WORKSPACE
} from './activity.testkit.js';
import type { Evidence } from './evidence.js';

describe('a workspace', () => {
  const cases: readonly { sentence: string; before?: Partial<Evidence>; after: Partial<Evidence>; want: string }[] = [
    { sentence: 'nothing in it does anything', after: {}, want: 'idle' },
    { sentence: 'it has no kernel', before: { kernels: [] }, after: { kernels: [] }, want: 'idle' },
    { sentence: 'many pages are open', after: { tabs: 12 }, want: 'idle' },
    { sentence: 'a terminal stands at its prompt', after: { terminals: [{ name: '1' }] }, want: 'idle' },
    { sentence: 'somebody typed somewhere', after: { input_t: START_T + 5 }, want: 'active' },
    { sentence: 'a kernel was started', before: { kernels: [] }, after: {}, want: 'active' },
    { sentence: 'a kernel ended', after: { kernels: [] }, want: 'idle' },
    {
      sentence: 'a nohup job works that belongs to no kernel',
      before: { processes: [process()] },
      after: { processes: [process({ cpu_s: 6 })] },
      want: 'active'
    },
    {
      sentence: 'a child works whose kernel is gone',
      before: { kernels: [], processes: [process({ kernel: 'gone' })] },
      after: { kernels: [], processes: [process({ kernel: 'gone', cpu_s: 6 })] },
      want: 'active'
    },
    { sentence: 'one of its kernels is unknown', after: kernels({ state: 'unknown' }), want: 'unknown' },
    {
      sentence: 'one of its kernels is unknown, and another one works',
      after: { kernels: [kernel({ state: 'unknown' }), kernel({ id: 'l', state: 'busy' })] },
      want: 'active'
    }
  ];

  test.each(cases)('$sentence: $want', ({ before = {}, after, want }) => {
    expect(judged(before, after, WORKSPACE).activity).toBe(want);
  });

  test('the first look of all starts nothing', () => {
    const [plan] = hear([seen(0)]);
    expect(plan && judgementOf(plan, WORKSPACE)).toMatchObject({ activity: 'idle', idleMs: 0 });
  });

  test('a look that failed leaves all of it unknown, and says why', () => {
    const plan = hear([seen(0), failed(15, 'permission denied')]).at(-1);
    for (const subject of [undefined, WORKSPACE]) {
      const { activity, signals } = judgementOf(plan!, subject);
      expect([activity, signals[0]]).toMatchObject(['unknown', { signal: 'failed-reading', counts: false }]);
      expect(signals[0]?.text).toContain('permission denied');
    }
  });
});
