import { describe, expect, test } from '@jest/globals';
import { readNotebook } from './read-notebook.js';

const PYTHON = { language_info: { name: 'python' } };
const code = (source: unknown, more: object = {}): object => ({ cell_type: 'code', source, metadata: {}, ...more });
const notebook = (cells: unknown, more: object = {}): string =>
  JSON.stringify({ nbformat: 4, metadata: PYTHON, cells, ...more });

describe('readNotebook', () => {
  test('takes the code cells, with their numbers among all cells and their labels', () => {
    const cells = [
      { cell_type: 'markdown', source: '# Hi' },
      code('a = 1\nb = 2', { execution_count: 7 }),
      code(['x\n', 'y']),
      { cell_type: 'raw' }
    ];
    expect(readNotebook(notebook(cells))).toEqual({
      cells: [
        { cell: 2, label: '[7]', lines: ['a = 1', 'b = 2'], skipped: false },
        { cell: 3, lines: ['x', 'y'], skipped: false }
      ]
    });
  });

  test('knows the tag, and every kind of line end', () => {
    const cells = [code('a\r\nb\rc'), code('x', { metadata: { tags: ['other', 'berth:skip'] } })];
    expect(readNotebook(notebook(cells))).toMatchObject({
      cells: [{ lines: ['a', 'b', 'c'], skipped: false }, { skipped: true }]
    });
  });

  test.each<{ name: string; text: string; want: string }>([
    { name: 'an empty file', text: ' \n', want: 'The notebook file is empty.' },
    {
      name: 'text that is no JSON',
      text: '{\n  "cells": [,]\n}',
      want: 'The notebook is not JSON: it stops making sense at line 2, column 13 of its file.'
    },
    {
      name: 'JSON with a word in it',
      text: '{\n  "cells": [nope]\n}',
      want: 'The notebook is not JSON: it stops making sense at line 2, column 13 of its file.'
    },
    {
      name: 'JSON that is cut off',
      text: '{\n  "cells": [',
      want: 'The notebook is not JSON: it stops making sense at line 2, column 13 of its file.'
    },
    {
      name: 'JSON without a comma',
      text: '{"nbformat": 4\n "cells": []}',
      want: 'The notebook is not JSON: it stops making sense at line 2, column 2 of its file.'
    },
    {
      name: 'a merge that is not done',
      text: '{\n<<<<<<< HEAD\n "cells": []\n',
      want: 'The notebook holds a merge conflict of git at line 2 of its file; resolve it first.'
    },
    {
      name: 'a list',
      text: '[]',
      want: 'The file is JSON, but not a notebook: want an object with "nbformat" and "cells".'
    },
    {
      name: 'another kind of object',
      text: '{"a": 1}',
      want: 'The file is JSON, but not a notebook: it has no "nbformat".'
    },
    {
      name: 'an old format',
      text: '{"nbformat": 3, "worksheets": []}',
      want: 'The notebook has format 3; want 4. Open it in JupyterLab and save it: that converts it.'
    },
    { name: 'no cells', text: notebook({}), want: 'The notebook has no list of "cells".' },
    {
      name: 'another language',
      text: notebook([code('1')], { metadata: { kernelspec: { language: 'R' } } }),
      want: 'The notebook is written in R; only Python can be trained.'
    },
    {
      name: 'a notebook of words',
      text: notebook([{ cell_type: 'markdown', source: 'Hi' }]),
      want: 'The notebook has no code cells; there is nothing to train.'
    },
    {
      name: 'an empty notebook',
      text: notebook([]),
      want: 'The notebook has no code cells; there is nothing to train.'
    },
    {
      name: 'a notebook without a line of code',
      text: notebook([code(' \n'), code('x', { metadata: { tags: ['berth:skip'] } })]),
      want: 'The notebook has no code to train: its code cells are empty or tagged berth:skip.'
    },
    { name: 'a cell that is none', text: notebook([code('1'), 5]), want: 'Cell 2 is not an object.' },
    {
      name: 'a cell without source',
      text: notebook([code(5)]),
      want: 'Cell 1 has no source: want text, or a list of lines.'
    }
  ])('refuses $name', ({ text, want }) => {
    expect(readNotebook(text).problems?.map(problem => problem.message)).toEqual([want]);
  });

  test.each([
    {},
    { kernelspec: { name: 'python3' } },
    { language_info: { name: 'ipython' } },
    { kernelspec: { language: 'python3.12' } }
  ])('takes a notebook with the metadata %j for Python', metadata => {
    expect(readNotebook(notebook([code('1')], { metadata })).problems).toBeUndefined();
  });
});
