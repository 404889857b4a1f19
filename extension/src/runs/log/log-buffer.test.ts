import { makeLine, makePage } from '../../testing/gateway.testkit.js';
import { appendPage, EMPTY_BUFFER, MOST_LINES } from './log-buffer.js';

const texts = (buffer: { lines: readonly { text: string }[] }): string[] => buffer.lines.map(({ text }) => text);

test('pages follow each other, and every line has a key of its own', () => {
  const first = appendPage(EMPTY_BUFFER, makePage([makeLine('a'), makeLine('b')], '0:2'));
  const second = appendPage(first, makePage([makeLine('b')], '0:3', { end: true }));
  expect(texts(second)).toEqual(['a', 'b', 'b']);
  expect(new Set(second.lines.map(({ seq }) => seq)).size).toBe(3);
  expect(second).toMatchObject({ cursor: '0:3', end: true });
  expect(texts(first)).toEqual(['a', 'b']);
});

test('it keeps the last 5,000 lines and says that it let go of others', () => {
  const many = Array.from({ length: MOST_LINES + 10 }, (_, index) => makeLine(`line ${index}`));
  const buffer = appendPage(EMPTY_BUFFER, makePage(many, '0:9'));
  expect(buffer.lines).toHaveLength(MOST_LINES);
  expect(buffer.lines[0]?.text).toBe('line 10');
  expect(buffer.trimmed).toBe(true);
});

test('the records of one line are joined, across pages and past lines of the other stream', () => {
  const first = appendPage(EMPTY_BUFFER, makePage([makeLine('10 %', { partial: true })], '0:1'));
  const second = appendPage(first, makePage([makeLine('oh', { stream: 'stderr' }), makeLine('\r20 %')], '0:3'));
  expect(texts(second)).toEqual(['10 %\r20 %', 'oh']);
  expect(second.lines[0]?.open).toBe(false);
});

test('a line without end does not grow for ever', () => {
  const piece = makeLine('x'.repeat(9_000), { partial: true });
  const buffer = appendPage(EMPTY_BUFFER, makePage([piece, piece, piece, piece], '0:4'));
  expect(buffer.lines).toHaveLength(1);
  expect(buffer.lines[0]?.text.length).toBeLessThanOrEqual(20_000);
});

test('what is printed outlives thousands of progress lines, the newest of which are kept too', () => {
  const print = makeLine('before it all');
  const reports = Array.from({ length: 6_000 }, (_, step) => makeLine(`{"berth": {"step": ${step}}}`));
  const buffer = appendPage(EMPTY_BUFFER, makePage([print, ...reports], '0:9'));
  expect(buffer.lines).toHaveLength(MOST_LINES);
  expect(buffer).toMatchObject({ trimmed: false, trimmedProgress: true });
  expect(texts(buffer)[0]).toBe('before it all');
  expect(texts(buffer).pop()).toBe('{"berth": {"step": 5999}}');
});
