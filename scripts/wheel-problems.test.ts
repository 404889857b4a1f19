import { wheelProblems, type WheelFile } from './wheel-problems.js';

const CONTENTS = {
  needed: ['berth/__init__.py', 'berth-VERSION.dist-info/METADATA', 'berth/static/remoteEntry.HASH.js'],
  mayHold: ['node_modules']
};
const GOOD = [
  'berth/__init__.py',
  'berth-1.2.3.dist-info/METADATA',
  'berth/static/remoteEntry.0123abcd.js',
  'berth/node_modules/a/index.js'
].map((path): WheelFile => ({ path, text: '' }));
const NEEDED = GOOD.slice(0, CONTENTS.needed.length);

const problems = (files: readonly WheelFile[]): string[] => wheelProblems(files, CONTENTS, '1.2.3', ['/here/berth']);

test('a wheel with all that is needed is good', () => expect(problems(GOOD)).toEqual([]));

test.each(NEEDED.map(({ path }) => path))('without %s it is refused', path => {
  expect(problems(GOOD.filter(file => file.path !== path))).toHaveLength(1);
});

test.each([
  'jupyterlab_berth/tests/test_a.py',
  'jupyterlab_berth/test_a.py',
  'jupyterlab_berth/__pycache__/a.pyc',
  'jupyterlab_berth/gateway/gateway.mjs.map',
  'berth/node_modules/a/index.d.ts',
  'jupyterlab_berth/.env',
  'jupyterlab_berth/gateway/launcher/tests/conftest.py'
])('%s does not belong there', path => {
  expect(problems([...GOOD, { path, text: '' }])).toEqual([`${path} does not belong there`]);
});

test('a path of the machine that made it is found', () => {
  const path = 'jupyterlab_berth/a.py';
  expect(problems([...GOOD, { path, text: 'x = "/here/berth/x"' }])).toEqual([
    `${path} names /here/berth, which is only on this machine`
  ]);
});
