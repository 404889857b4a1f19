import { describe, expect, test } from '@jest/globals';
import { samplesOf, total } from './prometheus-text.ts';

const TEXT = [
  '# HELP requests_total How many.',
  '# TYPE requests_total counter',
  'requests_total{verb="PUT",path="/a b\\"c"} 3',
  'requests_total{verb="GET",path=""} 4.5e+1',
  'up 1',
  ''
].join('\n');

describe('metrics as text', () => {
  test('are read with their labels, whatever is in them', () => {
    expect(samplesOf(TEXT)).toEqual([
      { name: 'requests_total', labels: { verb: 'PUT', path: '/a b\\"c' }, value: 3 },
      { name: 'requests_total', labels: { verb: 'GET', path: '' }, value: 45 },
      { name: 'up', labels: {}, value: 1 }
    ]);
  });

  test('are summed over what is not asked for', () => {
    const samples = samplesOf(TEXT);
    expect(total(samples, 'requests_total')).toBe(48);
    expect(total(samples, 'requests_total', { verb: 'PUT' })).toBe(3);
    expect(total(samples, 'requests_total', { verb: 'DELETE' })).toBe(0);
  });
});
