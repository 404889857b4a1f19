import '../../testing/dom.testkit.js';
import { Notification } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import type { Signal } from '@lumino/signaling';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { InstallOffers } from './install-offers.js';

const trans = nullTranslator.load('jupyterlab_berth');
const IN_WORK = { pin: null, kernelEnvironment: 'work', judgement: { name: null } } as unknown as NotebookEnvironment;

afterEach(() => Notification.dismiss());

/** Runs a cell in a notebook that is known as `notebook`. */
function open(notebook: NotebookEnvironment | null = IN_WORK) {
  const onAccept = jest.fn(() => Promise.resolve());
  const content = {};
  const notebooks = { containing: (it: unknown) => (it === content ? notebook : null) };
  new InstallOffers({ notebooks, trans, onAccept });
  const scheduled = NotebookActions.executionScheduled as unknown as Signal<unknown, object>;
  const run = (source: string, { id = 'c1', type = 'code' } = {}): void =>
    scheduled.emit({ notebook: content, cell: { model: { type, id, sharedModel: { getSource: () => source } } } });
  return { run, onAccept };
}

const told = () => Notification.manager.notifications;

test('a cell that installs packages is offered an environment with them, and named in it', () => {
  const { run, onAccept } = open();
  run('%pip install seaborn "polars>=1"\nimport seaborn');
  expect(told()).toHaveLength(1);
  expect(told()[0]?.message).toMatch(/^What is installed into work now is not in its lock/);
  const [action] = told()[0]?.options.actions ?? [];
  expect(action?.label).toBe('New environment with seaborn, polars…');
  action?.callback({} as MouseEvent);
  expect(onAccept).toHaveBeenCalledWith(IN_WORK, ['seaborn', 'polars>=1']);
});

test('who has said no is not asked again for the same cell and text, but for another', () => {
  const { run } = open();
  run('%pip install seaborn');
  Notification.dismiss();
  run('%pip install seaborn');
  expect(told()).toEqual([]);
  run('%pip install polars');
  run('%pip install seaborn', { id: 'c2' });
  expect(told()).toHaveLength(2);
});

test('many packages do not make a long button, and what has no name makes a short one', () => {
  const { run } = open();
  run('!pip install a b c d e');
  run('!pip install -r requirements.txt');
  const labels = told().map(({ options }) => options.actions?.[0]?.label);
  expect(labels.sort()).toEqual(['New environment with a, b, c, …', 'New environment…']);
});

test.each([
  ['prose', '%pip install seaborn', { type: 'markdown' }, IN_WORK],
  ['code that installs nothing', 'import seaborn', {}, IN_WORK],
  ['a notebook that is not open here', '%pip install seaborn', {}, null],
  [
    'a notebook that neither is pinned nor runs in an environment of Berth',
    '%pip install seaborn',
    {},
    { ...IN_WORK, kernelEnvironment: null } as NotebookEnvironment
  ]
])('nothing is offered for %s', (_, source, cell, notebook) => {
  open(notebook).run(source, cell);
  expect(told()).toEqual([]);
});
