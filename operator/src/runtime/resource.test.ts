import { isOlderVersion, keyOf, splitKey } from './resource.js';

test.each([
  { metadata: { name: 'a', namespace: 'n' }, key: 'n/a' },
  { metadata: { name: 'a' }, key: 'a' }
])('the key of $metadata is $key, and says what it was made from', ({ metadata, key }) => {
  expect(keyOf({ metadata })).toBe(key);
  expect(splitKey(key)).toEqual(metadata);
});

test.each([
  { version: '9', other: '10', want: true },
  { version: '10', other: '9', want: false },
  { version: '10', other: '10', want: false },
  { version: '18446744073709551615', other: '18446744073709551616', want: true },
  { version: '', other: '10', want: false },
  { version: 'abc', other: '10', want: false },
  { version: '007', other: '10', want: false }
])('whether $version is older than $other: $want', ({ version, other, want }) => {
  expect(isOlderVersion(version, other)).toBe(want);
});
