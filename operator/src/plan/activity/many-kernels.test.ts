import { expect, test } from '@jest/globals';
import { input, kernel, seen } from './activity.testkit.js';
import { planActivity } from './plan-activity.js';

test('500 kernels with two hours of readings are judged, each by itself', () => {
  const many = (index: number) =>
    Array.from({ length: 500 }, (_, one) => kernel({ id: `k${one}`, executions: one === 7 ? index : 3 }));
  const readings = Array.from({ length: 480 }, (_, index) => seen(index * 15, { kernels: many(index) }));
  const plan = planActivity(input({ readings }));
  expect(
    plan.judgements.filter(({ activity }) => activity === 'active').map(({ name, subject }) => [name, subject.kind])
  ).toEqual([
    ['train.ipynb', 'kernel'],
    ['Workspace', 'workspace']
  ]);
  expect(plan.announced.length).toBe(499);
});
