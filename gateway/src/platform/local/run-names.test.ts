import { RUN_ID_PATTERN } from '../../contract/index.js';
import { runId, scriptNameOf } from './run-names.js';

test.each([
  ['Train Two Tower', 'train-two-tower-x7k2p'],
  ['Überblick Größe', 'uberblick-gro-e-x7k2p'],
  ['訓練', 'run-x7k2p'],
  ['--x--', 'x-x7k2p'],
  ['a'.repeat(31) + ' bcd', `${'a'.repeat(31)}-x7k2p`]
])('a run of %j is called %s', (stem, want) => {
  expect(runId(stem, 'x7k2p')).toBe(want);
  expect(want).toMatch(RUN_ID_PATTERN);
});

test.each([
  ['script', ['t.py'], 't.py'],
  ['notebook', ['t.ipynb'], 't.py'],
  ['notebook', ['t.ipynb', 't.py'], 't.berth.py'],
  ['notebook', ['t.py', 't.berth.py', 't.berth-2.py'], 't.berth-3.py']
] as const)('the script of a %s beside %j is %s', (kind, taken, want) => {
  expect(scriptNameOf({ stem: 't', kind }, new Set(taken))).toBe(want);
});
