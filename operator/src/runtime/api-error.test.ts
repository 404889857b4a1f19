import { apiErrorOf, isAheadOfServer, isApiError, isExpired } from './api-error.js';

const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' };
const ahead = {
  kind: 'Status',
  code: 504,
  reason: 'Timeout',
  message: 'Timeout: Too large resource version: 9, current: 5',
  details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 }
};

describe('apiErrorOf', () => {
  test.each([
    { name: 'a Status', body: expired, want: { status: 410, reason: 'Expired', message: expired.message } },
    { name: 'a Status with details', body: ahead, want: { status: 504, reason: 'Timeout', retryAfterMs: 1_000 } },
    { name: 'no body', body: undefined, want: { status: 502, reason: '', retryAfterMs: undefined } },
    { name: 'a page of a proxy', body: '<html>', want: { message: 'the API server answered with status 502' } },
    { name: 'an object that is no Status', body: { message: 'secret' }, want: { status: 502, reason: '' } }
  ])('reads $name', ({ body, want }) => {
    expect(apiErrorOf(body, 502)).toMatchObject(want);
  });

  test('tells nothing of what is no Status', () => {
    expect(apiErrorOf({ message: 'hunter2' }, 500).message).not.toContain('hunter2');
  });

  test.each([
    { header: '3', want: 3_000 },
    { header: 'Fri, 31 Dec 1999 23:59:59 GMT', want: undefined },
    { header: '-1', want: undefined }
  ])('understands Retry-After: $header as $want', ({ header, want }) => {
    expect(apiErrorOf(undefined, 429, header).retryAfterMs).toBe(want);
  });
});

test('what an error is, is known by its shape', () => {
  expect(isApiError({ name: 'ApiError', status: 404 })).toBe(true);
  expect(isApiError({ name: 'ApiError', status: 404 }, 409)).toBe(false);
  expect([undefined, null, 'ApiError', new Error('x')].some(value => isApiError(value))).toBe(false);
});

test('a version that is gone is told from one that is not there yet', () => {
  expect([expired, ahead].map(body => isExpired(apiErrorOf(body, 500)))).toEqual([true, false]);
  expect([expired, ahead].map(body => isAheadOfServer(apiErrorOf(body, 500)))).toEqual([false, true]);
});
