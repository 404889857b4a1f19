import { expect, test } from '@jest/globals';
import {
  type CandidatePlan,
  givenBack,
  heldBy,
  type Lease,
  type LeaseSpec,
  microTime,
  type Observation,
  planCandidate
} from './lease.js';

const NOW_MS = 1_000_000;
const HELD: LeaseSpec = { holderIdentity: 'other', renewTime: '2030-01-01T00:00:00.000000Z', leaseTransitions: 3 };

const leaseOf = (spec?: LeaseSpec): Lease => ({ metadata: { name: 'berth' }, ...(spec && { spec }) });
const signOf = ({ holderIdentity, renewTime, leaseTransitions }: LeaseSpec) =>
  JSON.stringify([holderIdentity, renewTime, leaseTransitions]);
const seenFor = (spec: LeaseSpec, ms: number): Observation => ({
  holder: spec.holderIdentity ?? '',
  sign: signOf(spec),
  sinceMs: NOW_MS - ms
});

interface Case {
  readonly name: string;
  readonly lease: Lease | undefined;
  readonly before?: Observation;
  readonly wantStep: CandidatePlan['step'];
  /** How long the sign of life is known after this look; absent: nothing is watched. */
  readonly wantSeenForMs?: number;
}

const cases: Case[] = [
  { name: 'there is none: it is made', lease: undefined, wantStep: 'take' },
  {
    name: 'it was deleted while somebody held it: they may not know yet',
    lease: undefined,
    before: seenFor(HELD, 14_999),
    wantStep: 'wait',
    wantSeenForMs: 14_999
  },
  {
    name: 'it was deleted, and whoever held it has had their time',
    lease: undefined,
    before: seenFor(HELD, 15_000),
    wantStep: 'take',
    wantSeenForMs: 15_000
  },
  {
    name: 'it was given back',
    lease: leaseOf({ ...HELD, holderIdentity: '' }),
    before: seenFor(HELD, 1),
    wantStep: 'take'
  },
  { name: 'the API server has dropped the empty holder', lease: leaseOf({ leaseTransitions: 3 }), wantStep: 'take' },
  { name: 'it has no spec at all', lease: leaseOf(), wantStep: 'take' },
  { name: 'it is ours, for the answer was lost', lease: leaseOf({ ...HELD, holderIdentity: 'me' }), wantStep: 'take' },
  { name: 'another holds it', lease: leaseOf(HELD), wantStep: 'wait', wantSeenForMs: 0 },
  {
    name: 'another holds it and is not heard of for just less than its time',
    lease: leaseOf(HELD),
    before: seenFor(HELD, 14_999),
    wantStep: 'wait',
    wantSeenForMs: 14_999
  },
  {
    name: 'another holds it and is not heard of for its time',
    lease: leaseOf(HELD),
    before: seenFor(HELD, 15_000),
    wantStep: 'take',
    wantSeenForMs: 15_000
  },
  {
    name: 'it was renewed after a long silence',
    lease: leaseOf({ ...HELD, renewTime: '2030-01-01T00:00:00.000001Z' }),
    before: seenFor(HELD, 60_000),
    wantStep: 'wait',
    wantSeenForMs: 0
  },
  {
    name: 'a renewal that goes back in time is a sign of life too',
    lease: leaseOf({ ...HELD, renewTime: '1970-01-01T00:00:00.000000Z' }),
    before: seenFor(HELD, 60_000),
    wantStep: 'wait',
    wantSeenForMs: 0
  },
  {
    name: 'another took it meanwhile',
    lease: leaseOf({ ...HELD, holderIdentity: 'third', leaseTransitions: 4 }),
    before: seenFor(HELD, 60_000),
    wantStep: 'wait',
    wantSeenForMs: 0
  },
  {
    name: 'the same one lost and took it again, at a date that it had before',
    lease: leaseOf({ ...HELD, leaseTransitions: 5 }),
    before: seenFor(HELD, 60_000),
    wantStep: 'wait',
    wantSeenForMs: 0
  },
  {
    name: 'whoever holds it says that it lasts a day, which nobody waits for',
    lease: leaseOf({ ...HELD, leaseDurationSeconds: 86_400 }),
    before: seenFor(HELD, 15_000),
    wantStep: 'take',
    wantSeenForMs: 15_000
  }
];

test.each(cases)('a candidate looks at the lease: $name', ({ lease, before, wantStep, wantSeenForMs }) => {
  const plan = planCandidate(lease, NOW_MS, { identity: 'me', durationMs: 15_000, before });
  expect(plan.step).toBe(wantStep);
  const seenForMs = plan.observation === undefined ? undefined : NOW_MS - plan.observation.sinceMs;
  expect(seenForMs).toBe(wantSeenForMs);
});

test('a lease that is taken counts as a transition, one that is renewed does not', () => {
  const taken = heldBy('me', HELD, Date.UTC(2030, 0, 2), 15_000);
  expect(taken).toEqual({
    holderIdentity: 'me',
    leaseDurationSeconds: 15,
    acquireTime: '2030-01-02T00:00:00.000000Z',
    renewTime: '2030-01-02T00:00:00.000000Z',
    leaseTransitions: 4
  });
  const renewed = heldBy('me', taken, Date.UTC(2030, 0, 3), 15_000);
  expect(renewed).toEqual({ ...taken, renewTime: '2030-01-03T00:00:00.000000Z' });
  const back = givenBack(renewed, Date.UTC(2030, 0, 4));
  expect(back).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 4 });
  expect(heldBy('me', back, Date.UTC(2030, 0, 5), 15_000)).toMatchObject({ leaseTransitions: 5 });
  expect(heldBy('me', undefined, Date.UTC(2030, 0, 5), 15_000)).toMatchObject({ leaseTransitions: 0 });
});

test.each([
  { ms: 0, want: '1970-01-01T00:00:00.000000Z' },
  { ms: 1_893_456_000_123, want: '2030-01-01T00:00:00.123000Z' },
  { ms: 1_893_456_000_123.25, want: '2030-01-01T00:00:00.123250Z' }
])('$ms ms is $want', ({ ms, want }) => {
  expect(microTime(ms)).toBe(want);
});
