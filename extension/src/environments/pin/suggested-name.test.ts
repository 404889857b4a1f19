import fc from 'fast-check';
import { isEnvironmentName, suggestedName } from './suggested-name.js';

test.each([
  ['My Notebook', [], 'my-notebook'],
  ['Übung_3 (final)', [], 'u-bung-3-final'],
  ['---', [], 'environment'],
  ['train', ['train', 'train-2'], 'train-3'],
  ['a'.repeat(80), ['a'.repeat(48)], `${'a'.repeat(46)}-2`]
])('%s beside %j becomes %s', (text, taken, want) => {
  expect(suggestedName(text, taken)).toBe(want);
});

test('any text gives a name that the gateway takes and nobody has', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (text, others) => {
      const taken = [...others, suggestedName(text, [])];
      const name = suggestedName(text, taken);
      return isEnvironmentName(name) && !taken.includes(name);
    })
  );
});
