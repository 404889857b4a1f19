import fc from 'fast-check';
import { factsOf } from './kernel-facts.js';

const GOOD = {
  python: '3.11.7',
  implementation: 'cpython',
  platform: 'linux-x86_64',
  packages: { numpy: '2.4.6' },
  local: []
};

function reply(value: unknown): unknown {
  const text = `'${btoa(JSON.stringify(value))}'`;
  return { status: 'ok', user_expressions: { berth: { status: 'ok', data: { 'text/plain': text } } } };
}

test('a good answer is read', () => {
  expect(factsOf(reply(GOOD))).toEqual({ ...GOOD, environment: null, lockHash: null });
});

test.each([
  ['a cell before it has failed', { status: 'aborted' }],
  ['the expression has failed', { status: 'ok', user_expressions: { berth: { status: 'error', ename: 'NameError' } } }],
  [
    'another kernel prints it otherwise',
    { status: 'ok', user_expressions: { berth: { status: 'ok', data: { 'text/plain': '"e30="' } } } }
  ],
  [
    'it is no base64',
    { status: 'ok', user_expressions: { berth: { status: 'ok', data: { 'text/plain': "'====='" } } } }
  ],
  ['a package has an odd name', reply({ ...GOOD, packages: { '<b>': '1' } })],
  ['a version is no text', reply({ ...GOOD, packages: { numpy: 1 } })],
  [
    'there are too many packages',
    reply({ ...GOOD, packages: Object.fromEntries(Array.from({ length: 5001 }, (_, i) => [`p${i}`, '1'])) })
  ],
  ['the interpreter is not told', reply({ ...GOOD, python: undefined })]
])('nothing is known when %s', (_, content) => {
  expect(factsOf(content)).toBeNull();
});

test('what comes from a kernel in which anything may have run is read without a failure', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      factsOf(value);
      factsOf(reply(value));
      factsOf(reply({ ...GOOD, local: value, environment: value, lockHash: value }));
    })
  );
});
