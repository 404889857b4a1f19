import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { formFrom } from './create-args.js';
import {
  EMPTY_FORM,
  leftOut,
  pinnable,
  sortProblems,
  toRequest,
  typingProblems,
  type ICreateForm
} from './create-form.js';
import { lockKindOf } from './lock-kind.js';

const facts: IKernelFacts = {
  python: '3.11.7',
  implementation: 'cpython',
  platform: 'linux-x86_64',
  packages: { pandas: '2.3.1', mine: '0.1', odd: '' },
  local: ['mine'],
  environment: null,
  lockHash: null
};
const form = (changes: Partial<ICreateForm> = {}): ICreateForm => ({
  ...EMPTY_FORM,
  name: 'work',
  packages: 'pandas',
  ...changes
});

test.each<{ changes: Partial<ICreateForm>; want: object }>([
  { changes: {}, want: {} },
  { changes: { name: '' }, want: { name: 'name' } },
  { changes: { name: 'Work' }, want: { name: 'name' } },
  { changes: { name: 'taken' }, want: { name: 'taken' } },
  { changes: { packages: ' \n' }, want: { packages: 'missing' } },
  { changes: { source: 'file' }, want: { file: 'missing' } },
  { changes: { source: 'file', text: 'pandas' }, want: {} },
  { changes: { source: 'notebook' }, want: { notebook: 'missing' } },
  { changes: { python: '2.7' }, want: { python: 'python' } },
  { changes: { python: '3.12' }, want: {} }
])('what is typed as $changes has the problems $want', ({ changes, want }) => {
  expect(typingProblems(form(changes), ['taken'], null)).toEqual(want);
});

test('without a kernel that can be read nothing is made from it', () => {
  expect(typingProblems(form({ source: 'kernel' }), [], null)).toEqual({ source: 'no-kernel' });
  expect(typingProblems(form({ source: 'kernel' }), [], facts)).toEqual({});
});

test('of a kernel, what came from an index is pinned and the rest is named', () => {
  expect(pinnable(facts)).toEqual([{ name: 'pandas', version: '2.3.1' }]);
  expect(leftOut(facts)).toEqual(['mine', 'odd']);
  expect(toRequest(form({ source: 'kernel' }), null, facts)).toEqual({
    name: 'work',
    source: { kind: 'kernel', packages: [{ name: 'pandas', version: '2.3.1' }] },
    allowBuilds: false,
    python: '3.11'
  });
});

test.each([
  ['lock-version = "1.0"\n[[packages]]\nname = "a"', 'pylock'],
  ['version = 1\nrevision = 3\nrequires-python = ">=3.11"\n\n[[package]]\nname = "a"', 'uv-lock'],
  ['version = 1\n[[package]]\n', 'uv-lock'],
  ['pandas==2.3.1\n', 'requirements'],
  ['# version = 1\npandas', 'requirements'],
  ['', 'requirements']
])('%j is read as %s', (text, want) => {
  expect(lockKindOf(text)).toBe(want);
});

test('the text of a file that is named wins over what was pasted', () => {
  const { source } = toRequest(form({ source: 'file', file: 'a.txt', text: 'old' }), 'pandas', null);
  expect(source).toEqual({ kind: 'requirements', text: 'pandas' });
});

test('problems of the gateway go to the field that can mend them', () => {
  const problems = [
    { field: 'name', message: 'taken' },
    { field: 'source.text', message: 'line 3' },
    { field: 'source', message: 'too long' },
    { field: 'elsewhere', message: 'odd' }
  ];
  expect(sortProblems(problems, 'packages').atField).toEqual({ name: 'taken', packages: 'line 3 too long' });
  expect(sortProblems(problems, 'kernel').atField).toEqual({ name: 'taken', source: 'line 3 too long' });
  expect(sortProblems(problems, 'file').others).toEqual([{ field: 'elsewhere', message: 'odd' }]);
});

test('whoever calls the command, the form opens with a name that can be had', () => {
  expect(formFrom({ name: 7, source: 'x', packages: ['a', 7] }, 'My Notes', ['my-notes'])).toMatchObject({
    name: 'my-notes-2',
    source: 'packages',
    packages: 'a'
  });
});
