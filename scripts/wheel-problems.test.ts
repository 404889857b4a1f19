import { wheelProblems, type WheelFile } from './wheel-problems.js';

const DATA = 'jupyterlab_berth-1.2.3.data/data';
const LAB = `${DATA}/share/jupyter/labextensions/@berth/extension`;
const GOOD = [
  'jupyterlab_berth/__init__.py',
  'jupyterlab_berth/kernel_provisioner.py',
  'jupyterlab_berth/gateway/gateway.mjs',
  'jupyterlab_berth/gateway/gateway.mjs.LEGAL.txt',
  'jupyterlab_berth/gateway/launcher/berth_launcher/__main__.py',
  'jupyterlab_berth/gateway/environments/default.lock',
  'jupyterlab_berth/gateway/environments/kernel-layer/kernel.lock',
  `${LAB}/install.json`,
  `${LAB}/package.json`,
  `${LAB}/static/remoteEntry.0123abcd.js`,
  `${DATA}/etc/jupyter/jupyter_server_config.d/jupyterlab_berth.json`,
  'jupyterlab_berth-1.2.3.dist-info/entry_points.txt',
  'jupyterlab_berth-1.2.3.dist-info/licenses/LICENSE'
].map((path): WheelFile => ({ path, text: '' }));

const problems = (files: readonly WheelFile[]): string[] => wheelProblems(files, '1.2.3', ['/here/berth']);

test('a wheel with all that is needed is good', () => expect(problems(GOOD)).toEqual([]));

test.each(GOOD.map(({ path }) => path))('without %s it is refused', path => {
  expect(problems(GOOD.filter(file => file.path !== path))).toHaveLength(1);
});

test.each([
  'jupyterlab_berth/tests/test_a.py',
  'jupyterlab_berth/test_a.py',
  'jupyterlab_berth/__pycache__/a.pyc',
  'jupyterlab_berth/gateway/gateway.mjs.map',
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
