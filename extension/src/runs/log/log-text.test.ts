import { highlight, isProgressLine, visibleText } from './log-text.js';

test.each([
  { raw: '\u001b[1;31mred\u001b[0m plain', want: 'red plain' },
  { raw: '\u001b]8;;http://x\u0007link\u001b]8;;\u0007', want: 'link' },
  { raw: ' 10 %\r 55 %\r', want: ' 55 %' },
  { raw: 'bell\u0007 and\u0000 nul', want: 'bell and nul' },
  { raw: 'tab\tstays', want: 'tab\tstays' },
  { raw: '<b>not markup</b>', want: '<b>not markup</b>' }
])('$raw is shown as $want', ({ raw, want }) => {
  expect(visibleText(raw)).toBe(want);
});

test.each([
  { text: '{"berth": {"step": 1}}', want: true },
  { text: ' { "berth":{}}', want: true },
  { text: 'x {"berth": 1}', want: false },
  { text: '{"other": {"berth": 1}}', want: false },
  { text: '{"at": 1, "berth": {"progress": 1, "metrics": {"loss": 0.5}}}', want: true },
  { text: '{"berth": "is a place for ships"}', want: false },
  { text: '{"berth": {"progress": 40}}', want: false },
  { text: '{"berth": {"step": "7"}}', want: false },
  { text: '{"berth": {"metrics": {"loss": NaN}}}', want: false },
  { text: '{"berth": {"metrics": [1]}}', want: false },
  { text: '{"berth": {"step": 1}', want: false }
])('$text is a progress line: $want', ({ text, want }) => {
  expect(isProgressLine(text)).toBe(want);
});

test('every occurrence is marked, letter case ignored, and the pieces make up the text', () => {
  const pieces = highlight('Loss loss LOSS', 'loss');
  expect(pieces.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(['Loss', 'loss', 'LOSS']);
  expect(pieces.map(({ text }) => text).join('')).toBe('Loss loss LOSS');
});

test('signs of regular expressions mean themselves', () => {
  expect(highlight('a.b', '.').map(({ hit }) => hit)).toEqual([false, true, false]);
});
