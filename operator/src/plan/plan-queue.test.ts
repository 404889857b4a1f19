import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { planQueue } from './plan-queue.js';
import type { QueueEntry, QueuePlace } from './plan-queue.js';

const CPU4 = [{ offer: 'cpu', slots: 4 }];

function entry(id: string, slots: number, more: Partial<QueueEntry> = {}): QueueEntry {
  return { id, offer: 'cpu', slots, priority: 0, submittedAtMs: 0, state: 'waiting', ...more };
}

/** `now`, a position, or `never`, by id. */
function shown(places: ReadonlyMap<string, QueuePlace>): Record<string, 'now' | 'never' | number> {
  const words = [...places].map(([id, place]) => {
    if (place.place === 'waiting') return [id, place.position] as const;
    return [id, place.place === 'admitted' ? 'now' : 'never'] as const;
  });
  return Object.fromEntries<'now' | 'never' | number>(words);
}

describe('planQueue', () => {
  test.each<{ name: string; entries: QueueEntry[]; want: Record<string, 'now' | 'never' | number> }>([
    { name: 'what fits is admitted', entries: [entry('a', 2), entry('b', 2)], want: { a: 'now', b: 'now' } },
    { name: 'what does not fit waits', entries: [entry('a', 3), entry('b', 2)], want: { a: 'now', b: 1 } },
    { name: 'a run that fits exactly is admitted', entries: [entry('a', 4)], want: { a: 'now' } },
    {
      name: 'holding runs keep their slots and have no place',
      entries: [entry('h', 3, { state: 'holding' }), entry('a', 2)],
      want: { a: 1 }
    },
    {
      name: 'holding runs count even when they hold more than there is',
      entries: [entry('h', 9, { state: 'holding' }), entry('a', 1)],
      want: { a: 1 }
    },
    {
      name: 'a small run does not overtake a large one that waits',
      entries: [
        entry('h', 1, { state: 'holding' }),
        entry('large', 4, { submittedAtMs: 1 }),
        entry('small', 1, { submittedAtMs: 2 })
      ],
      want: { large: 1, small: 2 }
    },
    {
      name: 'the higher priority goes first, whenever it was submitted',
      entries: [entry('early', 3, { submittedAtMs: 1 }), entry('urgent', 3, { submittedAtMs: 2, priority: 5 })],
      want: { urgent: 'now', early: 1 }
    },
    {
      name: 'equal priorities go by submission',
      entries: [entry('a', 3, { submittedAtMs: 2 }), entry('b', 3, { submittedAtMs: 1 })],
      want: { b: 'now', a: 1 }
    },
    { name: 'equal submissions go by id', entries: [entry('b', 3), entry('a', 3)], want: { a: 'now', b: 1 } },
    {
      name: 'offers do not wait for each other',
      entries: [entry('a', 4), entry('b', 4), entry('g', 1, { offer: 'gpu' })],
      want: { a: 'now', b: 1, g: 'now' }
    },
    {
      name: 'who wants more than there is holds up nobody',
      entries: [entry('a', 5), entry('b', 4)],
      want: { a: 'never', b: 'now' }
    },
    { name: 'an offer that is gone admits nobody', entries: [entry('a', 1, { offer: 'tpu' })], want: { a: 'never' } },
    {
      name: 'who holds no slots waits for nobody and keeps nobody waiting',
      entries: [entry('h', 3, { state: 'holding' }), entry('a', 2), entry('k', 0, { submittedAtMs: 1 }), entry('b', 1)],
      want: { a: 1, b: 2, k: 'now' }
    },
    {
      name: 'without any slots there is nothing to use',
      entries: [entry('k', 0, { offer: 'tpu' })],
      want: { k: 'never' }
    }
  ])('$name', ({ entries, want }) => {
    expect(shown(planQueue(entries, [...CPU4, { offer: 'gpu', slots: 1 }]))).toEqual(want);
  });
});

describe('planQueue, with strangers and limits', () => {
  const capacity = { offer: 'gpu', slots: 2, blocked: ['python (pid 7)'] };
  const gpu = (id: string, slots: number, more: Partial<QueueEntry> = {}): QueueEntry =>
    entry(id, slots, { offer: 'gpu', ...more });

  test('what strangers keep busy is given away', () => {
    const places = planQueue([gpu('a', 1), gpu('b', 1)], [capacity]);
    expect(places.get('a')).toEqual({ place: 'admitted' });
    expect(places.get('b')).toEqual({ place: 'waiting', position: 1, blockedBy: ['python (pid 7)'] });
  });

  test('who waits for a stranger to go is told that it will never fit', () => {
    expect(shown(planQueue([gpu('a', 2)], [capacity]))).toEqual({ a: 1 });
    expect(shown(planQueue([gpu('a', 3)], [capacity]))).toEqual({ a: 'never' });
  });

  test('somebody gets more slots than one may have', () => {
    const mig = { offer: 'gpu', slots: 4, mostSlots: 1 };
    expect(shown(planQueue([gpu('a', 2), gpu('b', 1)], [mig]))).toEqual({ a: 'never', b: 'now' });
  });
});

const anyEntries = fc
  .array(
    fc.record({
      offer: fc.constantFrom('cpu', 'gpu'),
      slots: fc.integer({ min: 1, max: 5 }),
      priority: fc.integer({ min: -1, max: 1 }),
      submittedAtMs: fc.nat(3),
      state: fc.constantFrom('waiting' as const, 'waiting' as const, 'holding' as const)
    }),
    { maxLength: 12 }
  )
  .map(entries => entries.map((entry, index): QueueEntry => ({ ...entry, id: `r${index}` })));
const CAPACITIES = [
  { offer: 'cpu', slots: 4 },
  { offer: 'gpu', slots: 2 }
];

const goesFirst = (a: QueueEntry, b: QueueEntry): boolean =>
  a.priority > b.priority ||
  (a.priority === b.priority &&
    (a.submittedAtMs < b.submittedAtMs || (a.submittedAtMs === b.submittedAtMs && a.id < b.id)));

test('no more slots are given than there are, nobody overtakes, and positions have no gaps', () => {
  fc.assert(
    fc.property(anyEntries, entries => {
      const places = planQueue(entries, CAPACITIES);
      for (const { offer, slots } of CAPACITIES) {
        const here = entries.filter(entry => entry.offer === offer);
        const held = here.filter(entry => entry.state === 'holding').reduce((sum, entry) => sum + entry.slots, 0);
        const admitted = here.filter(entry => places.get(entry.id)?.place === 'admitted');
        const waiting = here.filter(entry => places.get(entry.id)?.place === 'waiting');
        expect(admitted.reduce((sum, entry) => sum + entry.slots, 0)).toBeLessThanOrEqual(Math.max(0, slots - held));
        for (const late of waiting) expect(admitted.every(early => goesFirst(early, late))).toBe(true);
        const inLine = [...waiting].sort((a, b) => (goesFirst(a, b) ? -1 : 1)).map(entry => places.get(entry.id));
        expect(inLine).toEqual(inLine.map((_, index) => ({ place: 'waiting', position: index + 1 })));
      }
    })
  );
});

test('the order in which entries are listed does not matter', () => {
  fc.assert(
    fc.property(anyEntries, entries => {
      expect(shown(planQueue([...entries].reverse(), CAPACITIES))).toEqual(shown(planQueue(entries, CAPACITIES)));
    })
  );
});

test('everybody who can start does, once those in front have gone', () => {
  fc.assert(
    fc.property(anyEntries, entries => {
      let waiting = entries.filter(entry => entry.state === 'waiting');
      for (let round = 0; round < entries.length; round += 1) {
        const places = planQueue(waiting, CAPACITIES);
        waiting = waiting.filter(entry => places.get(entry.id)?.place !== 'admitted');
      }
      const left = [...planQueue(waiting, CAPACITIES).values()];
      expect(left.every(place => place.place === 'impossible')).toBe(true);
    })
  );
});
