import fc from 'fast-check';
import { isPinConflict } from './pin-conflict.js';
import { readPin, withoutPin, withPin, type IPin } from './pin-metadata.js';

const pin: IPin = {
  lock: 'version = 1\n',
  environment: 'work',
  lockHash: 'a'.repeat(64),
  python: '3.11.7',
  implementation: 'cpython'
};

test('a pin that is written is read again; what else is under the key stays', () => {
  const written = withPin({ berth: { compute: { offer: 'cpu' } } }, pin);
  expect(readPin(written)).toEqual(pin);
  expect(written['berth']).toMatchObject({ compute: { offer: 'cpu' } });
  expect(withoutPin(written)).toEqual({ 'uv.lock': undefined, berth: { compute: { offer: 'cpu' } } });
});

test('a notebook of juv, with a lock and nothing of ours, is pinned', () => {
  expect(readPin({ 'uv.lock': 'version = 1' })).toEqual({
    lock: 'version = 1',
    environment: null,
    lockHash: null,
    python: null,
    implementation: null
  });
});

test.each([undefined, null, 7, '', '  ', {}, ['version = 1'], 'x'.repeat(8_000_001)])('no lock, no pin: %#', lock => {
  expect(readPin({ 'uv.lock': lock, berth: { pin: { environment: 'work' } } })).toBeNull();
});

test.each([
  { environment: '../../etc', lockHash: 'x', python: '3.11; rm -rf', implementation: 7 },
  { environment: '<img src=x onerror=alert(1)>', python: 'a'.repeat(65) },
  { environment: '-rf', lockHash: 'A'.repeat(64) }
])('what a stranger wrote into the pin counts as not told: %j', told => {
  const read = readPin({ 'uv.lock': 'version = 1', berth: { pin: told } });
  expect(read).toEqual({ lock: 'version = 1', environment: null, lockHash: null, python: null, implementation: null });
});

test('metadata of any shape is read without a failure', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (lock, berth) => {
      readPin({ 'uv.lock': lock, berth });
      withPin({ berth }, pin);
      withoutPin({ berth });
    })
  );
});

test.each<{ what: string; saved: IPin | null; onDisk: IPin | null; next: IPin | null; want: boolean }>([
  { what: 'nobody has changed it', saved: null, onDisk: null, next: pin, want: false },
  {
    what: 'another tab has pinned it meanwhile',
    saved: null,
    onDisk: { ...pin, lock: 'other' },
    next: pin,
    want: true
  },
  { what: 'another tab has unpinned it meanwhile', saved: pin, onDisk: null, next: { ...pin, lock: 'x' }, want: true },
  { what: 'another tab has pinned it to the same', saved: null, onDisk: pin, next: pin, want: false },
  { what: 'both unpin it', saved: pin, onDisk: null, next: null, want: false }
])('$what: the person is asked: $want', ({ saved, onDisk, next, want }) => {
  expect(isPinConflict(saved, onDisk, next)).toBe(want);
});
