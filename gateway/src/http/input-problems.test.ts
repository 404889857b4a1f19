import { isPlatformError, LogQuery, type Problem, RunSubmission } from '../contract/index.js';
import { parseInput } from './input-problems.js';

function problemsWith(parse: () => unknown): readonly Problem[] {
  try {
    parse();
  } catch (error: unknown) {
    if (isPlatformError(error)) return error.problems;
    throw error;
  }
  return [];
}

const submission = (fields: object): readonly Problem[] =>
  problemsWith(() => parseInput(RunSubmission, { notebook: 'a.ipynb', ...fields }, 'body'));
const query = (fields: object): readonly Problem[] => problemsWith(() => parseInput(LogQuery, fields, 'query'));

const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;

test.each([
  {
    name: 'nothing',
    got: problemsWith(() => parseInput(RunSubmission, undefined, 'body')),
    want: 'body is missing; want an object'
  },
  {
    name: 'null',
    got: problemsWith(() => parseInput(RunSubmission, null, 'body')),
    want: 'body is null; want an object'
  },
  {
    name: 'a list',
    got: problemsWith(() => parseInput(RunSubmission, [], 'body')),
    want: 'body is a list; want an object'
  },
  { name: 'a missing field', got: submission({ notebook: undefined }), want: 'notebook is missing; want a text' },
  { name: 'an empty text', got: submission({ notebook: '' }), want: 'notebook is ""; want at least 1 character' },
  { name: 'a fraction', got: submission({ processes: 1.5 }), want: 'processes is 1.5; want an integer' },
  { name: 'a number as text', got: submission({ processes: '2' }), want: 'processes is "2"; want a number' },
  { name: 'deep nesting', got: submission({ processes: deep }), want: 'processes is a list; want a number' },
  { name: 'too large', got: submission({ priority: 5000 }), want: 'priority is 5000; want at most 1000' },
  {
    name: 'a choice that is none',
    got: submission({ framework: 'mpi' }),
    want: 'framework is "mpi"; want one of: torchrun, process'
  },
  {
    name: 'a long text',
    got: submission({ variables: { A: 'x'.repeat(5000) } }),
    want: 'variables.A is 5000 characters long; want at most 4096 characters'
  },
  {
    name: 'a bad name in a record',
    got: submission({ variables: { 'A B': 'x' } }),
    want: 'variables.A B has a name that is not allowed; want a text that matches /^[A-Za-z_][A-Za-z0-9_]{0,63}$/'
  },
  { name: 'a query that is no number', got: query({ limit: 'many' }), want: 'limit is not a number; want a number' },
  { name: 'a query twice', got: query({ contains: ['a', 'b'] }), want: 'contains is a list; want a text' },
  {
    name: 'neither alternative fits',
    got: query({ rank: 'zero' }),
    want: 'rank is "zero"; want a text that matches /^\\d{1,4}$/'
  },
  {
    name: 'an unknown field',
    got: query({ page: '1' }),
    want: 'page is not known here; known are: rank, attempt, cursor, tail, contains, limit'
  }
])('$name: $want', ({ got, want }) => {
  expect(got.map(({ field, message }) => `${field} ${message}`)).toEqual([want]);
});

test('every problem is named, the first one in the message', () => {
  const parse = (): unknown => parseInput(RunSubmission, { processes: 'x', extra: 1, retry: { Boredom: 1 } }, 'body');
  expect(problemsWith(parse).map(problem => problem.field)).toEqual(
    expect.arrayContaining(['notebook', 'processes', 'extra'])
  );
  expect(parse).toThrow(/^The request is not valid: notebook is missing; want a text \(and \d more\)$/);
});

test('good input gets its defaults, and numbers where the query has digits', () => {
  expect(parseInput(LogQuery, { tail: '100' }, 'query')).toEqual({ rank: '0', tail: 100, limit: 2000 });
});
