import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { cellOfLine } from './cell-of-line.js';
import { planScript } from './notebook-script.js';
import type { ScriptPlan } from './notebook-script.js';

function notebook(...cells: string[]): string {
  return JSON.stringify({
    nbformat: 4,
    metadata: {},
    cells: cells.map(source => ({ cell_type: 'code', source, metadata: {} }))
  });
}

function scriptOf(plan: ScriptPlan): string {
  if (plan.problems !== undefined) throw new Error(plan.problems.map(problem => problem.message).join('\n'));
  return plan.script;
}

/** What the only cell of a notebook became, line by line. */
function translated(source: string): string[] {
  const lines = scriptOf(planScript(notebook(source), 'n.ipynb')).split('\n');
  return lines.slice(lines.findIndex(line => line.startsWith('# %% [cell 1]')) + 1, -1);
}

const NAMES = '{**globals(), **locals()}';

describe('a cell', () => {
  test.each<{ name: string; source: string; want: string[] }>([
    {
      name: 'of plain Python stays',
      source: 'a = 1\n\nif a:\n    b = a % 2',
      want: ['a = 1', '', 'if a:', '    b = a % 2']
    },
    {
      name: 'with % on a line that goes on stays',
      source: 'x = (7\n% 4)\ny = x \\\n%x',
      want: ['x = (7', '% 4)', 'y = x \\', '%x']
    },
    {
      name: 'with ! in strings and comparisons stays',
      source: 's = """\n!ls\n%cd\n"""\na != b  # ok?',
      want: ['s = """', '!ls', '%cd', '"""', 'a != b  # ok?']
    },
    {
      name: 'loses magics of the notebook',
      source: '%matplotlib inline\n%load_ext autoreload',
      want: ['pass  # %matplotlib inline', 'pass  # %load_ext autoreload']
    },
    {
      name: 'keeps a block legal without its magic',
      source: 'if 1:\n    %config X.y = 1',
      want: ['if 1:', '    pass  # %config X.y = 1']
    },
    {
      name: 'keeps the statement that was timed',
      source: '%time fit(\n  a)\n  %time b = 1',
      want: ['fit(', '  a)', '  b = 1']
    },
    { name: 'loses what is only measured', source: '%timeit f(1)', want: ['pass  # %timeit f(1)'] },
    { name: 'under %%time stays', source: '%%time\na = 1', want: ['# %%time', 'a = 1'] },
    {
      name: 'under two cell magics stays',
      source: '\n%%capture --no-stderr\n%%time\na = 1',
      want: ['', '# %%capture --no-stderr', '# %%time', 'a = 1']
    },
    { name: 'of HTML is left out', source: '%%html\n<b>\n', want: ['# %%html', '# <b>', '#'] },
    {
      name: 'that is switched off is left out',
      source: '%%script false --no-raise-error\na',
      want: ['# %%script false --no-raise-error', '# a']
    },
    {
      name: 'sets variables of the environment',
      source: '%env A=1 2\n%set_env B  x',
      want: [
        '__import__("os").environ["A"] = "1 2"  # %env A=1 2',
        '__import__("os").environ["B"] = "x"  # %set_env B  x'
      ]
    },
    {
      name: 'that shows the environment loses that',
      source: '%env\n%env HOME',
      want: ['pass  # %env', 'pass  # %env HOME']
    },
    {
      name: 'goes to a folder',
      source: '%cd "my data"',
      want: ['__import__("os").chdir(__import__("os").path.expanduser("my data"))  # %cd "my data"']
    },
    { name: 'runs commands', source: '!ls -l "a b"', want: [`_berth_shell("ls -l \\"a b\\"", ${NAMES})`] },
    {
      name: 'runs commands over several lines',
      source: '!ls \\\n  -l\nb',
      want: [`_berth_shell("ls -l", ${NAMES})`, '#   -l', 'b']
    },
    {
      name: 'takes the lines of a command',
      source: 'files = !ls {folder}',
      want: [`files = _berth_lines("ls {folder}", ${NAMES})`]
    },
    {
      name: 'of shell runs',
      source: '%%bash\nset -e\necho "hi"\n',
      want: ['_berth_script("bash",', '    "set -e\\n"', '    "echo \\"hi\\"\\n"', '    "")']
    },
    { name: 'of shell without a line does nothing', source: '%%sh', want: ['_berth_script("sh", "")'] },
    {
      name: 'that is a file is written',
      source: '%%writefile m.py\nx = "\\n"',
      want: ['_berth_write("m.py",', '    "x = \\"\\\\n\\"\\n")']
    },
    {
      name: 'loses calls for help',
      source: '?len\nlen??\n%time?',
      want: ['pass  # ?len', 'pass  # len??', 'pass  # %time?']
    },
    {
      name: 'may await in functions',
      source: 'async def f():\n    async with a:\n        await b\ndef g(): pass',
      want: ['async def f():', '    async with a:', '        await b', 'def g(): pass']
    }
  ])('$name', ({ source, want }) => {
    expect(translated(source)).toEqual(want);
  });
});

describe('refused, with cell and line:', () => {
  const FIXED =
    'changes the environment, which is fixed for a run; put the package into the environment, or tag the cell berth:skip.';

  test.each<{ source: string; want: string }>([
    { source: 'import os\n%pip install foo', want: `line 2: %pip ${FIXED}` },
    { source: '!pip install -q foo', want: `line 1: "!pip install -q foo" ${FIXED}` },
    { source: '!{sys.executable} -m pip install foo', want: `line 1: "!{sys.executable} -m pip install foo" ${FIXED}` },
    { source: '!cd x && uv pip install foo', want: `line 1: "!cd x && uv pip install foo" ${FIXED}` },
    { source: 'out = !conda list', want: `line 1: "!conda list" ${FIXED}` },
    { source: '%conda install foo', want: `line 1: %conda ${FIXED}` },
    { source: '%uv pip install foo', want: `line 1: %uv ${FIXED}` },
    { source: 'pip install foo', want: `line 1: "pip install foo" ${FIXED}` },
    { source: '%%bash\nset -e\npip install foo', want: `line 3: "pip install foo" ${FIXED}` },
    { source: '%run other.ipynb', want: 'line 1: %run runs another file in this namespace; import it instead.' },
    {
      source: '%sql select 1',
      want: 'line 1: %sql is unknown here; write Python instead, or tag the cell berth:skip.'
    },
    {
      source: '%%cython\nx',
      want: 'line 1: %%cython is unknown here; write Python instead, or tag the cell berth:skip.'
    },
    { source: '# first\n%%time\nx', want: 'line 2: %%time is a cell magic; it has to be the first line of its cell.' },
    { source: '%time -q f()', want: 'line 1: %time has options; leave them out.' },
    {
      source: 'x = %sql select 1',
      want: 'line 1: "x = %sql select 1" takes the value of a magic; write Python instead, or tag the cell berth:skip.'
    },
    { source: '%env A={b}', want: 'line 1: %env fills in a value; write os.environ["A"] = ... in Python.' },
    {
      source: '%cd -',
      want: 'line 1: %cd goes to a folder that only the notebook knows; write os.chdir(...) in Python.'
    },
    { source: '%%bash -s x\nls', want: 'line 1: %%bash has options, which only IPython knows; leave them out.' },
    { source: '%%writefile -a x\nls', want: 'line 1: %%writefile needs one plain file name here, without options.' },
    {
      source: '/f 1',
      want: 'line 1: "/f 1" is a shorthand of IPython; write Python instead, or tag the cell berth:skip.'
    },
    { source: 'if a: !ls', want: 'line 1: "!" is not Python here; write Python instead, or tag the cell berth:skip.' },
    {
      source: 'await f()',
      want: 'line 1: await outside a function works in a notebook only; put it into one and call asyncio.run(...).'
    },
    {
      source: 'def g():\n  pass\nfor x in y:\n  async with z: 1',
      want: 'line 4: await outside a function works in a notebook only; put it into one and call asyncio.run(...).'
    },
    { source: 'a\nf(1,\n2', want: 'line 2: the cell ends inside a bracket that is not closed.' },
    { source: 's = """a\n', want: 'line 1: the cell ends inside a string that is not closed.' },
    { source: 'a = 1 + \\', want: 'line 1: the cell ends with a backslash, with no line to go on.' },
    {
      source: 'from __future__ import division; a = 1',
      want: 'line 1: an import from __future__ has to stand on a line of its own.'
    }
  ])('$source', ({ source, want }) => {
    const { problems } = planScript(notebook('ok = 1', source), 'n.ipynb');
    expect(problems?.map(problem => problem.message)).toEqual([`Cell 2, ${want}`]);
    expect(problems?.[0]).toMatchObject({ cell: 2, line: Number(/line (\d+)/.exec(want)?.[1]) });
  });

  test('everything at once, with the labels that the cells carry', () => {
    const cells = [
      { cell_type: 'markdown', source: 'Words' },
      { cell_type: 'code', source: '%pip list\n%sql x', execution_count: 4 },
      { cell_type: 'code', source: 'await x' }
    ];
    const { problems } = planScript(JSON.stringify({ nbformat: 4, cells }), 'n.ipynb');
    expect(problems?.map(({ cell, label, line }) => [cell, label, line])).toEqual([
      [2, '[4]', 1],
      [2, '[4]', 2],
      [3, undefined, 1]
    ]);
    expect(problems?.[0]?.message).toMatch(/^Cell 2 \[4\], line 1: %pip changes the environment/);
  });
});

test('warnings name what is different from the notebook', () => {
  const plan = planScript(notebook('!nvidia-smi', '%%capture out\nx', '%timeit x\nget_ipython()'), 'n.ipynb');
  expect(plan.problems === undefined && plan.warnings.map(warning => warning.message)).toEqual([
    'Cell 1, line 1: "!nvidia-smi" runs once in each process of the run.',
    'Cell 2, line 1: %%capture captures nothing here: "out" is not set, and what the cell prints goes to the log.',
    'Cell 3, line 1: %timeit measures only, and is left out.',
    'Cell 3, line 2: get_ipython() is not there in a training.'
  ]);
});

test('imports from __future__ stand first, once, and leave their lines where they were', () => {
  const script = scriptOf(
    planScript(
      notebook(
        'a = 1',
        'from __future__ import (\n  annotations,  # why\n)\nb',
        'from __future__ import annotations, division'
      ),
      'n.ipynb'
    )
  );
  expect(script.split('\n').slice(1, 2)).toEqual(['from __future__ import annotations, division']);
  expect(script).toContain(
    '(4 lines)\npass  # moved to the top: from __future__ import (\n#   annotations,  # why\n# )\nb\n'
  );
});

test('the name of a notebook cannot add a line to its script', () => {
  expect(scriptOf(planScript(notebook('a'), 'x\nimport os')).split('\n')[0]).toContain('x import os');
});

describe('golden pairs', () => {
  const folder = join(import.meta.dirname, 'fixtures');
  const names = readdirSync(folder).filter(name => name.endsWith('.ipynb'));

  // `UPDATE_GOLDENS=1 npm test` writes them anew; look at the difference before you commit it.
  test.each(names)('%s', name => {
    const golden = join(folder, name.replace(/ipynb$/, 'py'));
    const script = scriptOf(planScript(readFileSync(join(folder, name), 'utf8'), name));
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(golden, script);
    expect(script).toBe(readFileSync(golden, 'utf8'));
  });

  test('there are some', () => expect(names.length).toBeGreaterThanOrEqual(4));
});

describe('cellOfLine', () => {
  test('leads from a line of the script to the line of the cell', () => {
    const script = scriptOf(planScript(notebook('a\nb', '', 'display(1)'), 'n.ipynb'));
    const lines = script.split('\n');
    expect(cellOfLine(script, lines.indexOf('b') + 1)).toEqual({ cell: 1, line: 2 });
    expect(cellOfLine(script, lines.indexOf('display(1)') + 1)).toEqual({ cell: 3, line: 1 });
    expect(cellOfLine(script, 1)).toBeUndefined();
    expect(cellOfLine(script, lines.indexOf('b'))).toEqual({ cell: 1, line: 1 });
    expect(cellOfLine(script, 9_999)).toBeUndefined();
  });

  test('every line of every cell leads back to itself, whatever the cells hold', () => {
    const anyLine = fc.constantFrom(
      'a = 1',
      '',
      '# %% [cell 9] (3 lines)',
      '!ls',
      '%matplotlib inline',
      'x = [1,\n 2]',
      's = """\n!x\n"""',
      'display(a)',
      'from __future__ import annotations'
    );
    const anyCells = fc.array(fc.array(anyLine, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyCells, drawn => {
        const sources = drawn.map(lines => lines.join('\n'));
        fc.pre(sources.some(source => source.trim() !== ''));
        const script = scriptOf(planScript(notebook(...sources), 'n.ipynb'));
        const back = script.split('\n').map((_, index) => cellOfLine(script, index + 1));
        const found = back.filter(place => place !== undefined);
        const want = sources.flatMap((source, index) =>
          source.trim() === '' ? [] : source.split('\n').map((_, line) => ({ cell: index + 1, line: line + 1 }))
        );
        expect(found).toEqual(want);
      })
    );
  });
});
