/** @jest-environment node */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from './sha256.js';

const real = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

test.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000])(
  'a text of %i characters has the hash that others compute',
  n => {
    expect(sha256('a'.repeat(n))).toBe(real('a'.repeat(n)));
  }
);

test('any text has the hash that others compute', () => {
  const text = fc
    .array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 })
    .map(codes => String.fromCharCode(...codes));
  fc.assert(fc.property(text, it => sha256(it) === real(it)));
});
