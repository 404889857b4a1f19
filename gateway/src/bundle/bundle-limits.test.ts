import { bundleProblems, formatBytes, isHopeless } from './bundle-limits.js';

const limits = { maxBytes: 1024 * 1024, maxFiles: 3 };

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [536_870_912, '512 MiB'],
  [10_500_000_000, '9.78 GiB'],
  [1_073_741_823, '1024 MiB']
])('%d bytes read as a wall of digits', (bytes, want) => {
  expect(formatBytes(bytes)).toBe(want);
});

test('a folder exactly at its limits is refused', () => {
  expect(bundleProblems({ bytes: 1024 * 1024, files: 3, complete: true }, [], limits)).toEqual([]);
});

test('a folder that is too large does not say how large, the limit, what to leave out and how', () => {
  const files = Array.from({ length: 12 }, (_, index) => ({
    path: `data/f${index}.bin`,
    bytes: (index + 1) * 1024 * 1024
  }));
  const [problem, more] = bundleProblems({ bytes: 78 * 1024 * 1024, files: 3, complete: true }, files, limits);
  expect(more).toBeUndefined();
  expect(problem?.field).toBe('notebook');
  expect(problem?.message).toContain('holds 78 MiB; the limit is 1 MiB');
  expect(problem?.message).toContain('data/f11.bin (12 MiB), data/f10.bin (11 MiB)');
  expect(problem?.message).toContain('data/f2.bin (3 MiB).');
  expect(problem?.message).not.toContain('data/f1.bin');
  expect(problem?.message).toContain('.gitignore, such as "/data/f11.bin"');
});

test('a folder of too many files does not say where they are', () => {
  const files = ['a', 'b', 'many/a', 'many/b', 'many/c'].map(path => ({ path, bytes: 1 }));
  const [problem] = bundleProblems({ bytes: 5, files: 5, complete: true }, files, limits);
  expect(problem?.message).toContain('holds 5 files; the limit is 3. Most of them are in: many/ (3), ./ (2)');
});

test('a figure of a walk that gave up pretends to be the total', () => {
  const problems = bundleProblems({ bytes: 9 * 1024 * 1024, files: 50, complete: false }, [], limits);
  expect(problems.map(({ message }) => /at least .* seen so far/.test(message))).toEqual([true, true]);
});

test.each([
  ['at four times the size', { bytes: 4 * 1024 * 1024, files: 1 }, false],
  ['beyond four times the size', { bytes: 4 * 1024 * 1024 + 1, files: 1 }, true],
  ['beyond four times the files', { bytes: 0, files: 13 }, true]
])('the walk stops too early or too late %s', (_, size, want) => {
  expect(isHopeless(size, limits)).toBe(want);
});
