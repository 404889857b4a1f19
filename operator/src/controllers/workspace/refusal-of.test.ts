import { describe, expect, test } from '@jest/globals';
import { ApiError } from '../../runtime/api-error.js';
import { refusalOf } from './refusal-of.js';

const QUOTA =
  'pods "ws-a" is forbidden: exceeded quota: team, requested: limits.memory=8Gi, used: limits.memory=16Gi, limited: limits.memory=16Gi';
const POLICY = 'pods "ws-a" is forbidden: violates PodSecurity "restricted:latest": seccompProfile';
const INVALID = 'PersistentVolumeClaim "ws-a" is invalid: spec.resources.requests.storage: Forbidden';

describe('refusalOf', () => {
  test.each([
    { name: 'there is no room in the quota', status: 403, message: QUOTA, want: 'quota' },
    { name: 'a policy of the cluster forbids it', status: 403, message: POLICY, want: 'refused' },
    { name: 'the API server finds it invalid', status: 422, message: INVALID, want: 'refused' }
  ])('$name: it is said in the words of the API server', ({ status, message, want }) => {
    expect(refusalOf(new ApiError(message, { status }))).toEqual({ kind: want, message });
  });

  test.each([401, 404, 409, 410, 429, 500, 503, 504])('a status of %d may be well the next time', status => {
    expect(refusalOf(new ApiError('again', { status }))).toBeUndefined();
  });

  test.each([new Error('socket hang up'), new TypeError('bug'), 'text', undefined, null, { status: 403 }])(
    '%p is no answer of the API server',
    error => {
      expect(refusalOf(error)).toBeUndefined();
    }
  );
});
