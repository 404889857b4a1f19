import { changesSince } from './installed-packages.js';

test.each<{ name: string; now: Record<string, string>; want: string[] }>([
  { name: 'an environment that is as it was made counts as changed', now: { numpy: '2.0', rich: '14.1' }, want: [] },
  {
    name: 'an update by hand goes unnoticed',
    now: { numpy: '2.4', rich: '14.1' },
    want: ['numpy 2.4 instead of 2.0']
  },
  {
    name: 'what was added or removed by hand goes unnoticed',
    now: { numpy: '2.0', attrs: '25.0' },
    want: ['attrs 25.0 is not in the lock', 'rich 14.1 is missing']
  },
  {
    name: 'a package that is called like something of JavaScript is mistaken for it',
    now: { numpy: '2.0', rich: '14.1', constructor: '1' },
    want: ['constructor 1 is not in the lock']
  }
])('otherwise $name', ({ now, want }) => {
  expect(changesSince({ numpy: '2.0', rich: '14.1' }, now)).toEqual(want);
});

test('somebody who installs thousands of packages by hand floods every message', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`p${index}`, '1']));
  expect(changesSince({}, many)).toHaveLength(100);
});
