import { describe, expect, test } from '@jest/globals';
import { planLeftovers, type SeenLeftover } from './plan-leftovers.js';

const pod: SeenLeftover = { kind: 'pod', uid: 'u', resourceVersion: '1', belongs: 'orphan', deleting: false };

describe('planLeftovers', () => {
  test.each<[string, Partial<SeenLeftover>, boolean]>([
    ['a pod that was cut loose from its workspace is deleted', {}, true],
    ['one that is being deleted is not deleted again', { deleting: true }, false],
    ['what still has its workspace as owner is the garbage collector’s', { belongs: 'previous' }, false],
    ['what is somebody else’s stays', { belongs: 'foreign' }, false]
  ])('%s', (_, change, want) => {
    const seen = { ...pod, ...change };
    expect(planLeftovers([seen])).toEqual(want ? [seen] : []);
  });
});
