import { expect, test } from '@jest/globals';
import { CLUSTER_POLICY } from '../../plan/activity/index.js';
import { firstLookMs, type Looked, nextLookMs } from './next-look.js';

const latest = (): number => 1;
const nextMs = (looked: Partial<Looked>, random = latest): number =>
  nextLookMs({ recheckAfterMs: 10_000, failures: 0, bytes: 1_000, tookMs: 5, hasMore: false, ...looked }, random);

test('ten thousand workspaces are not asked at once by a process that begins to lead; announced ones are', () => {
  expect(firstLookMs(CLUSTER_POLICY, false, latest)).toBe(600_000);
  expect(firstLookMs(CLUSTER_POLICY, false, () => 0.5)).toBe(300_000);
  expect(firstLookMs(CLUSTER_POLICY, true, latest)).toBe(0);
});

test('a short policy is not missed by waiting', () => {
  const policy = { ...CLUSTER_POLICY, workspace: { softSeconds: null, hardSeconds: 60 } };
  expect(firstLookMs(policy, false, latest)).toBe(15_000);
  const none = { softSeconds: null, hardSeconds: null };
  expect(firstLookMs({ ...policy, kernel: none, workspace: none }, false, latest)).toBe(600_000);
});

test('who does not answer is asked later and later, at most every five minutes', () => {
  const waits = [1, 2, 3, 4, 5, 6].map(failures => nextMs({ recheckAfterMs: 1_800_000, failures }));
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  expect(nextMs({ failures: 1 })).toBe(10_000);
});

test('nobody is asked later than it could matter, nor all the time', () => {
  expect(nextMs({})).toBe(10_000);
  expect(nextMs({}, () => 0)).toBe(9_000);
  expect(nextMs({ recheckAfterMs: 0 })).toBe(500);
});

test('one that had more to tell is asked for it soon: heard half an hour later it would never be up to date', () => {
  expect(nextMs({ recheckAfterMs: 1_800_000, hasMore: true })).toBe(10_000);
  expect(nextMs({ recheckAfterMs: 2_000, hasMore: true })).toBe(2_000);
});

test('one that tells megabytes each time, or each time takes as long as it may, does not keep the operator busy', () => {
  expect(nextMs({ recheckAfterMs: 0, tookMs: 10_000 })).toBe(40_000);
  expect(nextMs({ recheckAfterMs: 0, bytes: 2 ** 24, hasMore: true })).toBeGreaterThan(80_000);
});
