import { notebookPin, pinWarning } from './notebook-pin.js';

const HASH = '1a2b'.padEnd(64, '0');

function notebook(pin: unknown, lock: unknown = 'version = 1\n'): string {
  return JSON.stringify({ cells: [], nbformat: 4, metadata: { 'uv.lock': lock, berth: { pin } } });
}

test('a run in another environment than the pinned one says nothing', () => {
  const pin = notebookPin(notebook({ environment: 'pandas-work', lockHash: HASH, python: '3.11.7' }));
  expect(pin).toEqual({ environment: 'pandas-work', lockHash: HASH });
  const other = { name: 'default', lockHash: 'f'.repeat(64) };
  expect(pin && pinWarning(pin, other)).toBe(
    'The notebook is pinned to pandas-work (lock 1a2b…), the run uses default.'
  );
  expect(pin && pinWarning(pin, { ...other, name: 'pandas-work' })).toBe(
    'The notebook is pinned to pandas-work (lock 1a2b…), the run uses another pandas-work (lock ffff…).'
  );
});

test('the same lock under another name is a reason to warn, or one that is not known yet', () => {
  const pin = { environment: 'pandas-work', lockHash: HASH };
  expect(pinWarning(pin, { name: 'default', lockHash: HASH })).toBeUndefined();
  expect(pinWarning(pin, { name: 'default', lockHash: '' })).toBeUndefined();
});

test.each([
  ['no notebook', 'print(1)'],
  ['no pin', notebook(undefined)],
  ['no lock', notebook({ environment: 'a', lockHash: HASH }, '')],
  ['a lock that is no text', notebook({ environment: 'a', lockHash: HASH }, { evil: true })],
  ['a hash that is none', notebook({ environment: 'a', lockHash: '../../etc/passwd' })],
  ['a list', notebook([])]
])('%s counts as a pin', (_name, text) => {
  expect(notebookPin(text)).toBeUndefined();
});

test('a stranger’s pin breaks out of its line, or fills the screen', () => {
  const pin = notebookPin(notebook({ environment: `a\n\u001b[31m<b>${'x'.repeat(1_000_000)}`, lockHash: HASH }));
  expect(pin?.environment).toMatch(/^a�31m�b�x{10,50}…$/);
  expect(notebookPin(notebook({ environment: '\n', lockHash: HASH }))?.environment).toBe('�');
});
