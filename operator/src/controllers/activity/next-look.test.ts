import { expect, test } from '@jest/globals';
import { CLUSTER_POLICY } from '../../plan/activity/index.js';
import { firstLookMs, nextLookMs } from './next-look.js';

const latest = (): number => 1;

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
  const waits = [1, 2, 3, 4, 5, 6].map(failures => nextLookMs(1_800_000, failures, latest));
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  expect(nextLookMs(10_000, 1, latest)).toBe(10_000);
});

test('nobody is asked later than it could matter, nor all the time', () => {
  expect(nextLookMs(10_000, 0, latest)).toBe(10_000);
  expect(nextLookMs(10_000, 0, () => 0)).toBe(9_000);
  expect(nextLookMs(0, 0, latest)).toBe(500);
});
