import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logicalLine } from './python-lines.js';

describe('logicalLine', () => {
  test.each<{ name: string; text: string; wantLine: string; wantCode?: string }>([
    { name: 'ends at the line feed', text: 'a = 1\nb = 2', wantLine: 'a = 1' },
    { name: 'goes on inside a bracket', text: 'f(1,\n  % 2)\nb', wantLine: 'f(1,\n  % 2)', wantCode: 'f(1,   % 2)' },
    {
      name: 'goes on after a backslash',
      text: 'a = b \\\n  % c\nd',
      wantLine: 'a = b \\\n  % c',
      wantCode: 'a = b    % c'
    },
    {
      name: 'goes on inside a triple-quoted string',
      text: 's = """\n%time\n"""\nb',
      wantLine: 's = """\n%time\n"""',
      wantCode: 's = ""'
    },
    {
      name: 'knows the other quotes',
      text: "s = '''\n\"\"\"\n'''\nb",
      wantLine: "s = '''\n\"\"\"\n'''",
      wantCode: 's = ""'
    },
    { name: 'sees no bracket in a string', text: 's = "(["\nb', wantLine: 's = "(["', wantCode: 's = ""' },
    { name: 'sees no bracket in a comment', text: 'a = 1  # (\nb', wantLine: 'a = 1  # (', wantCode: 'a = 1  ' },
    {
      name: 'sees no comment in a string',
      text: 's = "# no", (\n1)\nb',
      wantLine: 's = "# no", (\n1)',
      wantCode: 's = "", ( 1)'
    },
    { name: 'sees no backslash in a comment', text: 'a  # \\\nb', wantLine: 'a  # \\', wantCode: 'a  ' },
    { name: 'knows an escaped quote', text: 's = "a\\"(" \nb', wantLine: 's = "a\\"(" ', wantCode: 's = "" ' },
    { name: 'knows an escaped backslash', text: 's = "\\\\"\nb', wantLine: 's = "\\\\"', wantCode: 's = ""' },
    {
      name: 'knows a string that goes on after a backslash',
      text: 's = "a\\\n(b"\nc',
      wantLine: 's = "a\\\n(b"',
      wantCode: 's = ""'
    },
    { name: 'reads prefixes as code', text: 'f"{x!r}" rb"\\""\nb', wantLine: 'f"{x!r}" rb"\\""', wantCode: 'f"" rb""' },
    {
      name: 'leaves a string that is not closed to Python',
      text: 's = "oh\nb',
      wantLine: 's = "oh',
      wantCode: 's = ""'
    },
    { name: 'takes an empty string for what it is', text: 's = ""\nb', wantLine: 's = ""', wantCode: 's = ""' },
    { name: 'goes on past a comment in brackets', text: '[ # (\n1]\nb', wantLine: '[ # (\n1]', wantCode: '[  1]' },
    { name: 'is not confused by a bracket too many', text: ')\nb', wantLine: ')' }
  ])('$name', ({ text, wantLine, wantCode = wantLine }) => {
    const line = logicalLine(text, 0);
    expect(text.slice(0, line.end)).toBe(wantLine);
    expect(line).toEqual({ end: wantLine.length, code: wantCode });
  });

  test.each([
    ['a = (1,\n', 'bracket'],
    ['s = """\n', 'string'],
    ['s = "a\\', 'string'],
    ['a = \\', 'backslash']
  ])('says what is open at the end of %j', (text, unfinished) => {
    expect(logicalLine(text, 0)).toMatchObject({ end: text.length, unfinished });
  });

  test('whatever the text, lines follow each other to its end', () => {
    const anyText = fc.array(fc.constantFrom('a', '(', ')', '"', "'", '"""', '#', '\\', '\n', '%', ' '), {
      maxLength: 40
    });
    fc.assert(
      fc.property(anyText, parts => {
        const text = parts.join('');
        let at = 0;
        while (at < text.length) {
          const { end, unfinished } = logicalLine(text, at);
          expect(end).toBeGreaterThanOrEqual(at);
          expect(end === text.length || text.charAt(end) === '\n').toBe(true);
          if (unfinished !== undefined) expect(end).toBe(text.length);
          at = end + 1;
        }
      })
    );
  });
});
