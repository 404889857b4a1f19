import { environmentOf, kernelspecOf } from './kernelspec.js';

test.each([
  { spec: 'berth-default', want: 'default' },
  { spec: 'berth-', want: null },
  { spec: 'berth-UPPER', want: null },
  { spec: 'python3', want: null },
  { spec: 'my-berth-default', want: null }
])('the kernelspec $spec is of environment $want', ({ spec, want }) => {
  expect(environmentOf(spec)).toBe(want);
});

test('an environment is found again by its kernelspec', () => {
  expect(environmentOf(kernelspecOf('pandas-work'))).toBe('pandas-work');
});
