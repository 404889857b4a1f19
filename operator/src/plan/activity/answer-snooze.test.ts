/** What a snooze may add, whoever asks how often, and whatever the clock does. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { KERNEL, policies, START_T, WORKSPACE } from './activity.testkit.js';
import { answerSnooze, liveSnoozes, type GrantedSnooze } from './answer-snooze.js';
import type { SnoozeRequest } from './exchange.js';
import type { Subject } from './judgement.js';

const NOW_MS = START_T * 1000;
const HALF_HOUR_MS = 1_800_000;
const POLICY = policies({ snooze: { stepSeconds: 1_800, budgetSeconds: 3_600, perSeconds: 86_400 } });

const request = (id: string, askedMs = NOW_MS, subject: Subject = KERNEL): SnoozeRequest => ({ id, subject, askedMs });
const granted = (id: string, atMs = NOW_MS, subject: Subject = KERNEL): GrantedSnooze => ({
  id,
  subject,
  atMs,
  addedMs: HALF_HOUR_MS
});

describe('a snooze', () => {
  test('adds its step, and says until when', () => {
    const { answer, grant } = answerSnooze(request('snooze-1'), [], POLICY, NOW_MS);
    expect(answer).toEqual({ id: 'snooze-1', granted: true, untilMs: NOW_MS + HALF_HOUR_MS, message: '30 min more.' });
    expect(grant).toEqual(granted('snooze-1'));
  });

  test('asked for again with the same id gets the same answer and adds nothing, even long after', () => {
    const before = [granted('snooze-1'), granted('snooze-2', NOW_MS + 1)];
    const again = answerSnooze(request('snooze-1'), before, POLICY, NOW_MS + 3_600_000);
    expect(again).toEqual({ answer: expect.objectContaining({ granted: true, untilMs: NOW_MS + HALF_HOUR_MS }) });
  });

  test('after the budget is refused with the reason; what is left of a budget is given', () => {
    const spent = [granted('snooze-1'), granted('snooze-2')];
    expect(answerSnooze(request('snooze-3'), spent, POLICY, NOW_MS)).toEqual({
      answer: {
        id: 'snooze-3',
        granted: false,
        untilMs: null,
        message: 'The 1 h that the policy of the platform allows in 1 d are used up.'
      }
    });
    const odd = policies({ snooze: { stepSeconds: 1_800, budgetSeconds: 2_700, perSeconds: 86_400 } });
    expect(answerSnooze(request('snooze-2'), [granted('snooze-1')], odd, NOW_MS).grant?.addedMs).toBe(900_000);
    const none = policies({ snooze: { budgetSeconds: 0 } }, 'class');
    expect(answerSnooze(request('snooze-1'), [], none, NOW_MS).answer.message).toBe(
      'Nothing can be snoozed: the policy of the class allows none.'
    );
  });

  test('has a budget for each kernel and for the workspace, which comes back with time', () => {
    const spent = [granted('snooze-1'), granted('snooze-2')];
    expect(answerSnooze(request('snooze-3', NOW_MS, WORKSPACE), spent, POLICY, NOW_MS).answer.granted).toBe(true);
    expect(
      answerSnooze(request('snooze-3', NOW_MS, { kind: 'kernel', id: 'l' }), spent, POLICY, NOW_MS).answer.granted
    ).toBe(true);
    const laterMs = NOW_MS + 86_400_000;
    expect(answerSnooze(request('snooze-3', laterMs), spent, POLICY, laterMs).answer.granted).toBe(true);
    expect(liveSnoozes(spent, POLICY, laterMs)).toEqual([]);
  });

  test('that is old or of the future is refused: it was lost, or is a replay', () => {
    for (const askedMs of [NOW_MS - 600_001, NOW_MS + 60_001]) {
      expect(answerSnooze(request('snooze-1', askedMs), [], POLICY, NOW_MS).answer.granted).toBe(false);
    }
    for (const askedMs of [NOW_MS - 600_000, NOW_MS + 60_000]) {
      expect(answerSnooze(request('snooze-1', askedMs), [], POLICY, NOW_MS).answer.granted).toBe(true);
    }
  });
});

test('whatever is asked for, repeated and replayed, and however the clock jumps, the budget holds in any time of its length', () => {
  const ask = fc.record({
    id: fc.integer({ min: 0, max: 30 }),
    passMs: fc.constantFrom(0, 1_000, 600_000, 7_200_000, -7_200_000, 90_000_000, -90_000_000),
    ageMs: fc.constantFrom(0, 0, 0, 500_000, 700_000, -100_000),
    subject: fc.constantFrom(KERNEL, KERNEL, WORKSPACE)
  });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 40 }), asks => {
      let [nowMs, kept]: [number, readonly GrantedSnooze[]] = [NOW_MS, []];
      for (const { id, passMs, ageMs, subject } of asks) {
        nowMs += passMs;
        const { answer, grant } = answerSnooze(request(`snooze-${id}`, nowMs - ageMs, subject), kept, POLICY, nowMs);
        if (grant !== undefined) kept = [...kept, grant];
        expect(answer.granted || answer.message !== '').toBe(true);
        expect(answerSnooze(request(`snooze-${id}`, nowMs - ageMs, subject), kept, POLICY, nowMs).grant).toBe(
          answer.granted ? undefined : grant
        );
      }
      for (const kind of ['kernel', 'workspace']) {
        const own = kept.filter(one => one.subject.kind === kind);
        for (const { atMs } of own) {
          const within = own.filter(one => one.atMs > atMs - 86_400_000 && one.atMs <= atMs);
          expect(within.reduce((sum, { addedMs }) => sum + addedMs, 0)).toBeLessThanOrEqual(3_600_000);
        }
      }
      expect(new Set(kept.map(({ id }) => id)).size).toBe(kept.length);
    }),
    { numRuns: 500 }
  );
});

test('what is forgotten would have changed no answer', () => {
  const any = fc.record({
    id: fc.uuid(),
    atMs: fc.integer({ min: -100_000_000, max: 100_000_000 }).map(ms => NOW_MS + ms)
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 10 }), some => {
      const all = some.map(({ id, atMs }) => granted(id, atMs)).sort((a, b) => a.atMs - b.atMs);
      const live = liveSnoozes(all, POLICY, NOW_MS);
      const ask = request('snooze-1');
      expect(answerSnooze(ask, live, POLICY, NOW_MS).grant).toEqual(answerSnooze(ask, all, POLICY, NOW_MS).grant);
    })
  );
});
