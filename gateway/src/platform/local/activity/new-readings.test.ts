import { isPlatformError } from '../../../contract/index.js';
import { isWholeStory, kernelsIn, newReadings, reachesPresent } from './new-readings.js';
import { evidenceOf, kernelOf } from './activity.testkit.js';

const failed = (seq: number, t = seq): { seq: number; t: number; failed: string } => ({ seq, t, failed: 'blind' });
const seqs = (readings: readonly { seq: number }[]): number[] => readings.map(({ seq }) => seq);

test('readings that were sent before are not counted twice', () => {
  expect(seqs(newReadings([failed(3), failed(4), failed(5)], 4))).toEqual([5]);
  expect(seqs(newReadings([failed(3)], 7))).toEqual([]);
});

test.each([
  ['backwards', [failed(3), failed(2)], 'readings.1.seq'],
  ['twice', [failed(3), failed(4), failed(4)], 'readings.2.seq']
])('readings that are numbered %s are refused, with the place', (_, readings, want) => {
  try {
    newReadings(readings, 0);
    throw new Error('not refused');
  } catch (error: unknown) {
    expect(isPlatformError(error) && [error.code, error.problems.map(({ field }) => field)]).toEqual([
      'invalid-input',
      [want]
    ]);
  }
});

test.each([
  { name: 'a moment ago', t: 990, want: true },
  { name: 'longer ago than two looks and a minute', t: 900, want: false },
  { name: 'in the future: it is not the present', t: 1_100, want: false }
])('the last reading is of $name', ({ t, want }) => {
  expect(reachesPresent([failed(1, 0), failed(2, t)], 1_000_000, 15_000)).toBe(want);
});

test.each([
  { name: 'nothing', readings: [], want: false },
  { name: 'its last reading', readings: [failed(500)], want: false },
  { name: 'its first reading', readings: [failed(1)], want: true },
  {
    name: 'two hours, of more that it has forgotten',
    readings: Array.from({ length: 480 }, (_, n) => failed(n + 20)),
    want: true
  }
])('an agent that is not known and tells $name has told all: $want', ({ readings, want }) => {
  expect(isWholeStory(readings)).toBe(want);
});

test('without a reading nothing is of the present', () => {
  expect(reachesPresent([], 1_000_000, 15_000)).toBe(false);
});

test('which kernels there are says the last reading that saw any thing', () => {
  const seen = { seq: 1, t: 1, evidence: evidenceOf([kernelOf('k-1')]) };
  expect(kernelsIn([seen, failed(2)])).toEqual(new Set(['k-1']));
  expect(kernelsIn([failed(2)])).toBeUndefined();
});
