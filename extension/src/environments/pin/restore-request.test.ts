import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { restoreRequest } from './restore-request.js';

const pin = { lock: 'version = 1', environment: 'work', lockHash: null, python: '3.11.7', implementation: null };

test('an environment that is defined from the same lock is made, not another one', () => {
  expect(restoreRequest(pin, 'f'.repeat(64), [makeEnvironment('other', { state: 'failed' })])).toBe('other');
});

test('a name that stands for another lock here gets a number', () => {
  expect(restoreRequest(pin, 'a'.repeat(64), [makeEnvironment('work')])).toEqual({
    name: 'work-2',
    source: { kind: 'uv-lock', text: 'version = 1' },
    allowBuilds: false,
    python: '3.11'
  });
});

test('a lock of juv, without a name and an interpreter, is restored as well; nothing of a stranger is built', () => {
  const request = restoreRequest({ ...pin, environment: null, python: null }, '', []);
  expect(request).toEqual({ name: 'pinned', source: { kind: 'uv-lock', text: 'version = 1' }, allowBuilds: false });
});
