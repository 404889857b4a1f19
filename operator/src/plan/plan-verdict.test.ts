import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { planQueue } from './plan-queue.js';
import { planVerdict } from './plan-verdict.js';
import { REQUEST } from './testing/make-run.js';
import type { QueueEntry } from './plan-queue.js';
import type { RetryPolicy, RunRequest } from './run.js';

const CAPACITIES = [
  { offer: 'cpu', slots: 4 },
  { offer: 'gpu', slots: 1 }
];

function holding(id: string, slots: number): QueueEntry {
  return { id, offer: 'cpu', slots, priority: 0, submittedAtMs: 0, state: 'holding' };
}

function waiting(id: string, slots: number, priority = 0): QueueEntry {
  return { id, offer: 'cpu', slots, priority, submittedAtMs: 1, state: 'waiting' };
}

describe('planVerdict, never', () => {
  test.each<{ name: string; ask: Partial<RunRequest>; want: [code: string, field: string, message: string][] }>([
    {
      name: 'no processes',
      ask: { processes: 0 },
      want: [['processes-too-few', 'processes', '0 is not a number of processes; ask for 1 to 4.']]
    },
    {
      name: 'half a process',
      ask: { processes: 1.5 },
      want: [['processes-too-few', 'processes', '1.5 is not a number of processes; ask for 1 to 4.']]
    },
    {
      name: 'more processes than the offer has',
      ask: { processes: 5 },
      want: [['processes-too-many', 'processes', 'This machine offers 4 processes on cpu; ask for 1 to 4.']]
    },
    {
      name: 'two processes on an offer of one',
      ask: { offer: 'gpu' },
      want: [['processes-too-many', 'processes', 'This machine offers 1 process on gpu; ask for 1.']]
    },
    {
      name: 'a plain process twice',
      ask: { framework: 'process', processes: 2 },
      want: [
        [
          'processes-for-framework',
          'processes',
          'The framework "process" starts exactly 1 process, not 2; ask for 1, or use torchrun.'
        ]
      ]
    },
    {
      name: 'an offer that nobody makes',
      ask: { offer: 'tpu' },
      want: [['offer-unknown', 'offer', 'This platform does not offer "tpu"; it offers: cpu, gpu.']]
    },
    {
      name: 'a grace without end',
      ask: { graceMs: 600_001 },
      want: [['out-of-range', 'graceMs', 'graceMs is 600001; want an integer from 0 to 600000.']]
    },
    {
      name: 'a deadline that is over at once',
      ask: { deadlineMs: 999 },
      want: [['out-of-range', 'deadlineMs', 'deadlineMs is 999; want an integer from 1000 to 2592000000.']]
    },
    {
      name: 'a priority that is no number',
      ask: { priority: NaN },
      want: [['out-of-range', 'priority', 'priority is NaN; want an integer from -1000 to 1000.']]
    },
    {
      name: 'retries that are none',
      ask: { retry: { Preempted: -1, Cancelled: 1 } as RetryPolicy },
      want: [
        ['out-of-range', 'retry.Preempted', 'retry.Preempted is -1; want an integer from 0 to 100.'],
        ['retry-unsupported', 'retry.Cancelled', 'A run is never retried after Cancelled; leave it out.']
      ]
    },
    {
      name: 'everything at once',
      ask: { framework: 'process', processes: 9, offer: 'tpu', graceMs: -1, deadlineMs: 0 },
      want: [
        ['offer-unknown', 'offer', 'This platform does not offer "tpu"; it offers: cpu, gpu.'],
        [
          'processes-for-framework',
          'processes',
          'The framework "process" starts exactly 1 process, not 9; ask for 1, or use torchrun.'
        ],
        ['out-of-range', 'graceMs', 'graceMs is -1; want an integer from 0 to 600000.'],
        ['out-of-range', 'deadlineMs', 'deadlineMs is 0; want an integer from 1000 to 2592000000.']
      ]
    }
  ])('$name', ({ ask, want }) => {
    const reasons = want.map(([code, field, message]) => ({ code, field, message }));
    expect(planVerdict({ ...REQUEST, ...ask }, CAPACITIES, [])).toEqual({ verdict: 'never', reasons });
  });

  test('a process waits for two MIG instances, which it could not use', () => {
    const mig = { offer: 'mig-1g-10gb', slots: 7, mostSlots: 1 };
    expect(planVerdict({ ...REQUEST, offer: 'mig-1g-10gb', processes: 2 }, [mig], [])).toMatchObject({
      verdict: 'never',
      reasons: [{ code: 'processes-too-many', message: 'One process cannot use two of mig-1g-10gb; ask for 1.' }]
    });
    const most = [{ offer: 'cpu', slots: 7, mostSlots: 4 }];
    expect(planVerdict({ ...REQUEST, processes: 5 }, most, [])).toMatchObject({
      reasons: [{ message: 'Nobody may have more than 4 of cpu; ask for 1 to 4.' }]
    });
  });

  test('an offer without slots is no offer', () => {
    expect(planVerdict({ ...REQUEST, processes: 1 }, [{ offer: 'cpu', slots: 0 }], [])).toMatchObject({
      verdict: 'never',
      reasons: [
        { code: 'processes-too-many', message: 'This machine offers 0 processes on cpu; choose another offer.' }
      ]
    });
  });
});

describe('planVerdict, now or wait', () => {
  test('strangers keep everything busy and nobody says so, or an end is promised that depends on them', () => {
    const blocked = ['python (pid 7)', 'python (pid 8)'];
    const endsInMs = new Map([['h', 1_000]]);
    const ask = { ...REQUEST, processes: 3 };
    expect(planVerdict(ask, [{ offer: 'cpu', slots: 4, blocked }], [holding('h', 2)], { endsInMs })).toEqual({
      verdict: 'wait',
      position: 1,
      ahead: 0,
      slotsInUse: 4,
      slots: 4,
      blockedBy: blocked
    });
  });

  test.each<{ name: string; ask?: Partial<RunRequest>; entries: QueueEntry[]; want: object }>([
    { name: 'an empty machine', entries: [], want: { verdict: 'now' } },
    { name: 'all of an empty machine', ask: { processes: 4 }, entries: [], want: { verdict: 'now' } },
    { name: 'just enough room', entries: [holding('h', 2)], want: { verdict: 'now' } },
    {
      name: 'too little room',
      entries: [holding('h', 3)],
      want: { verdict: 'wait', position: 1, ahead: 0, slotsInUse: 3, slots: 4 }
    },
    {
      name: 'behind those who wait, although it would fit',
      entries: [holding('h', 2), waiting('a', 4), waiting('b', 1)],
      want: { verdict: 'wait', position: 3, ahead: 2, slotsInUse: 2, slots: 4 }
    },
    {
      name: 'in front of a lower priority',
      ask: { priority: 1 },
      entries: [holding('h', 2), waiting('a', 4)],
      want: { verdict: 'now' }
    },
    {
      name: 'a single plain process',
      ask: { framework: 'process', processes: 1 },
      entries: [holding('h', 3)],
      want: { verdict: 'now' }
    }
  ])('$name', ({ ask, entries, want }) => {
    expect(planVerdict({ ...REQUEST, ...ask }, CAPACITIES, entries)).toEqual(want);
  });

  test.each<{ name: string; entries: QueueEntry[]; ends: [string, number][]; wantEtaMs: number | undefined }>([
    { name: 'unknown ends give no estimate', entries: [holding('h', 3)], ends: [], wantEtaMs: undefined },
    { name: 'a certain end that frees enough is one', entries: [holding('h', 3)], ends: [['h', 9]], wantEtaMs: 9 },
    {
      name: 'a certain end that frees too little is none',
      entries: [holding('h', 3), holding('i', 1)],
      ends: [['i', 9]],
      wantEtaMs: undefined
    },
    {
      name: 'ends add up',
      entries: [holding('h', 3), holding('i', 1)],
      ends: [
        ['i', 20],
        ['h', 9]
      ],
      wantEtaMs: 9
    },
    {
      name: 'behind somebody who waits there is none',
      entries: [holding('h', 4), waiting('a', 1)],
      ends: [['h', 9]],
      wantEtaMs: undefined
    },
    {
      name: 'what a run that starts now takes is not free',
      entries: [holding('h', 1), waiting('a', 2)],
      ends: [['h', 9]],
      wantEtaMs: 9
    }
  ])('$name', ({ entries, ends, wantEtaMs }) => {
    const verdict = planVerdict(REQUEST, CAPACITIES, entries, { endsInMs: new Map(ends) });
    expect(verdict.verdict).toBe('wait');
    expect(verdict.verdict === 'wait' ? verdict.etaMs : 'none').toBe(wantEtaMs);
  });

  test('the verdict is what the queue then does', () => {
    const anyEntry = fc.record({
      slots: fc.integer({ min: 1, max: 4 }),
      state: fc.constantFrom('waiting' as const, 'holding' as const)
    });
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 6 }), fc.integer({ min: 1, max: 4 }), (drawn, processes) => {
        const entries = drawn.map((entry, index) => ({ ...waiting(`r${index}`, entry.slots), state: entry.state }));
        const verdict = planVerdict({ ...REQUEST, processes }, CAPACITIES, entries);
        const place = planQueue([...entries, { ...waiting('z', processes), submittedAtMs: 2 }], CAPACITIES).get('z');
        expect(verdict.verdict === 'wait' ? verdict.position : 0).toBe(place?.place === 'waiting' ? place.position : 0);
      })
    );
  });
});
