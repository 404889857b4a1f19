import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { OFFERED_GARBAGE, planGarbage, SILENT_GARBAGE } from './plan-garbage.js';
import type { ObservedFolder } from './plan-garbage.js';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = 1_000 * DAY_MS;
const daysAgo = (days: number): number => NOW_MS - days * DAY_MS;

/** Made 500 days ago, and nobody has used it since. */
const forgotten: ObservedFolder = {
  id: 'a',
  inUse: false,
  beingMade: false,
  defined: false,
  madeAtMs: daysAgo(500),
  lastUsedAtMs: null
};

describe('planGarbage', () => {
  test.each<{
    name: string;
    folder: Partial<ObservedFolder>;
    want: string | undefined;
    wantSilently: string | undefined;
  }>([
    {
      name: 'what nothing refers to fills the disk for ever',
      folder: {},
      want: 'no-definition',
      wantSilently: 'no-definition'
    },
    {
      name: 'what nobody used for a month fills the disk for ever',
      folder: { defined: true, lastUsedAtMs: daysAgo(31) },
      want: 'long-unused',
      wantSilently: undefined
    },
    {
      name: 'an environment of last month is deleted',
      folder: { defined: true, lastUsedAtMs: daysAgo(30) },
      want: undefined,
      wantSilently: undefined
    },
    {
      name: 'one that was made just now and never used is deleted',
      folder: { defined: true, madeAtMs: daysAgo(1) },
      want: undefined,
      wantSilently: undefined
    },
    {
      name: 'what another data folder defines and used today is deleted',
      folder: { lastUsedAtMs: daysAgo(1) },
      want: undefined,
      wantSilently: undefined
    },
    {
      name: 'what another data folder may define is deleted without asking after a day',
      folder: { lastUsedAtMs: daysAgo(13) },
      want: 'no-definition',
      wantSilently: undefined
    },
    {
      name: 'a kernel loses its files',
      folder: { inUse: true },
      want: undefined,
      wantSilently: undefined
    },
    {
      name: 'what is being repaired is deleted meanwhile',
      folder: { beingMade: true },
      want: undefined,
      wantSilently: undefined
    },
    {
      name: 'a clock that was set back makes garbage',
      folder: { madeAtMs: daysAgo(-400) },
      want: undefined,
      wantSilently: undefined
    },
    {
      name: 'a time that is no number makes garbage',
      folder: { madeAtMs: NaN },
      want: undefined,
      wantSilently: undefined
    }
  ])('otherwise $name', ({ folder, want, wantSilently }) => {
    const seen = [{ ...forgotten, ...folder }];
    expect(planGarbage(seen, OFFERED_GARBAGE, NOW_MS)[0]?.why).toBe(want);
    expect(planGarbage(seen, SILENT_GARBAGE, NOW_MS)[0]?.why).toBe(wantSilently);
  });

  const observed: fc.Arbitrary<ObservedFolder[]> = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      inUse: fc.boolean(),
      beingMade: fc.boolean(),
      defined: fc.boolean(),
      madeAtMs: fc.integer({ min: 0, max: NOW_MS + 100 * DAY_MS }),
      lastUsedAtMs: fc.option(fc.integer({ min: 0, max: NOW_MS + 100 * DAY_MS }))
    }),
    { selector: ({ id }) => id }
  );
  const policies = fc.constantFrom(OFFERED_GARBAGE, SILENT_GARBAGE);
  const planned = (seen: readonly ObservedFolder[], policy = OFFERED_GARBAGE, nowMs = NOW_MS): ObservedFolder[] => {
    const ids = new Set(planGarbage(seen, policy, nowMs).map(({ id }) => id));
    return seen.filter(({ id }) => ids.has(id));
  };

  test('whatever is there: never one in use or being made, nor one that was made or used a short time ago', () => {
    fc.assert(
      fc.property(observed, policies, (seen, policy) => {
        for (const folder of planned(seen, policy)) {
          expect([folder.inUse, folder.beingMade]).toEqual([false, false]);
          const shortest = folder.defined ? 30 : 1;
          for (const at of [folder.madeAtMs, folder.lastUsedAtMs ?? 0]) expect(at).toBeLessThan(daysAgo(shortest));
        }
      })
    );
  });

  test('what goes without asking is offered as well, and is never something that is defined', () => {
    fc.assert(
      fc.property(observed, seen => {
        const silently = planned(seen, SILENT_GARBAGE);
        expect(silently.filter(({ defined }) => defined)).toEqual([]);
        expect(planned(seen)).toEqual(expect.arrayContaining(silently));
      })
    );
  });

  test('each folder is judged for itself, and garbage stays garbage as time goes on', () => {
    fc.assert(
      fc.property(observed, policies, fc.nat(1_000 * DAY_MS), (seen, policy, laterMs) => {
        const alone = seen.flatMap(folder => planned([folder], policy));
        expect(planned(seen, policy)).toEqual(alone);
        expect(planned(seen, policy, NOW_MS + laterMs)).toEqual(expect.arrayContaining(alone));
      })
    );
  });
});
