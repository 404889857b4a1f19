import '../../testing/dom.testkit.js';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { IIdle } from '../../shared/tokens.js';
import { FakeIdleModel, makeStop, NOW } from '../../testing/idle.testkit.js';
import { NotebookBanner, type INotebookBannerOptions } from './notebook-banner.js';
import { kernelsOf } from './kernels-of.js';
import { planResume } from './resume-kernel.js';
import { StopBanner } from './stop-banner.js';
import { stopOfNotebook } from './stop-of-notebook.js';

const trans = nullTranslator.load('jupyterlab_berth');
const WISH = { offer: 'gpu-t4', count: 1 };

afterEach(cleanup);

test('a notebook tells of the newest stop that took its kernel, and of no other’s', () => {
  const own = makeStop('own', { atMs: NOW - 2 });
  const other = makeStop('other', { path: 'b.ipynb', atMs: NOW });
  const all = makeStop('all', { subject: { kind: 'workspace' }, path: null, open: ['a/train.ipynb'], atMs: NOW - 1 });
  const none = new Set<string>();
  expect(stopOfNotebook([own, other, all], 'a/train.ipynb', none)?.id).toBe('all');
  expect(stopOfNotebook([own, other, all], 'a/train.ipynb', new Set(['all']))?.id).toBe('own');
  expect(stopOfNotebook([own, all], 'c.ipynb', none)).toBeNull();
});

test.each([
  ['a wish for a GPU goes by way of the picker', ['berth-study'], WISH, true, { kind: 'claim', environment: 'study' }],
  ['without a picker it is just started', ['berth-study'], WISH, false, { kind: 'start', spec: 'berth-study' }],
  [
    'processors need no claim',
    ['berth-study'],
    { offer: 'cpu', count: 4 },
    true,
    { kind: 'start', spec: 'berth-study' }
  ],
  ['a kernel that is none of Berth’s has no claim', ['ir'], WISH, true, { kind: 'start', spec: 'ir' }],
  ['the surest name that there is counts', [null, '', 'python3'], null, true, { kind: 'start', spec: 'python3' }],
  ['without any name there is nothing to start', [null, ''], null, true, { kind: 'unknown' }]
])('%s', (_, specs, wish, canClaim, want) => {
  expect(planResume(specs, wish, canClaim)).toEqual(want);
});

interface IFakeKernel {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** A notebook whose kernel was released, in no Lab. */
function setUp({
  tags = [],
  berth,
  kernels = []
}: {
  readonly tags?: readonly string[];
  readonly berth?: unknown;
  readonly kernels?: readonly string[];
} = {}) {
  const model = new FakeIdleModel({ stops: [makeStop('s-1')] });
  const desk = {
    snooze: jest.fn(() => Promise.resolve()),
    dismiss: jest.fn(async () => model.show({ stops: [] })),
    report: jest.fn(() => Promise.resolve('/data/1.json'))
  };
  const started: string[] = [];
  const run: number[] = [];
  const sessionContext = {
    session: { kernel: { id: 'k-1', name: 'berth-study', status: 'idle' } } as { kernel: IFakeKernel } | null,
    kernelChanged: new Signal<object, void>({}),
    sessionChanged: new Signal<object, void>({}),
    specsManager: { specs: { kernelspecs: { 'berth-study': {} } }, refreshSpecs: () => Promise.resolve() },
    changeKernel: async ({ name = 'joined', id = 'k-2' }: { name?: string; id?: string }) => {
      started.push(id === 'k-2' ? name : id);
      sessionContext.session = { kernel: { id, name, status: 'idle' } };
      sessionContext.kernelChanged.emit();
    }
  };
  const cell = { model: { type: 'code', getMetadata: () => tags } };
  const panel = {
    sessionContext,
    context: {
      path: 'a/train.ipynb',
      pathChanged: new Signal<object, void>({}),
      model: { defaultKernelName: 'python3', getMetadata: () => berth }
    },
    content: { widgets: [cell] }
  };
  const commands = { hasCommand: () => true, execute: jest.fn(() => Promise.resolve(true)) };
  const banner = new NotebookBanner({
    panel: panel as unknown as NotebookPanel,
    idle: { model, desk } as unknown as IIdle,
    commands: commands as unknown as INotebookBannerOptions['commands'],
    contents: { localPath: (path: string) => path } as unknown as INotebookBannerOptions['contents'],
    refreshSessions: async () => {
      sessionContext.session = null;
      sessionContext.sessionChanged.emit();
    },
    kernelsOf: () => kernels,
    runCells: async (_, cells) => void run.push(cells.length),
    pins: null,
    offers: () => [],
    trans
  });
  return { model, desk, banner, started, run, commands, sessionContext };
}

test('the kernel that was released is no kernel, though Lab has not noticed yet', async () => {
  const { banner, sessionContext } = setUp();
  expect(banner.view?.hasKernel).toBe(false);
  await waitFor(() => expect(sessionContext.session).toBeNull());
  banner.dispose();
});

test('Resume starts the same kernelspec again, and the notebook has done with the stop', async () => {
  const { banner, started } = setUp();
  const done: string[] = [];
  banner.done.connect((_, id) => done.push(id));
  await banner.resume(false);
  expect(started).toEqual(['berth-study']);
  expect(banner.view).toBeNull();
  expect(done).toEqual(['s-1']);
});

test('cells marked for it are run once the kernel is there, unless that is not wanted', async () => {
  const wanted = setUp({ tags: ['setup'] });
  await wanted.banner.resume(true);
  expect(wanted.run).toEqual([1]);
  const unwanted = setUp({ tags: ['setup'] });
  await unwanted.banner.resume(false);
  expect(unwanted.run).toEqual([]);
});

test('with a wish for a GPU it waits for its turn, and says so', async () => {
  const { banner, commands, started, sessionContext } = setUp({ berth: { compute: WISH } });
  const resuming = banner.resume(false);
  await waitFor(() => expect(banner.view?.step).toBe('waiting'));
  expect(commands.execute).toHaveBeenCalledWith('berth:resume-compute', {
    notebook: 'a/train.ipynb',
    environment: 'study'
  });
  expect(started).toEqual([]);
  await sessionContext.changeKernel({ name: 'berth-study' });
  await resuming;
  expect(banner.view).toBeNull();
});

test('a kernel that another page has given the notebook meanwhile is joined: a second one would hold as much again', async () => {
  const { banner, commands, started } = setUp({ berth: { compute: WISH }, kernels: ['k-1', 'k-9'] });
  await banner.resume(false);
  expect(started).toEqual(['k-9']);
  expect(commands.execute).not.toHaveBeenCalled();
  expect(banner.view).toBeNull();
});

test('only sessions of this notebook that have a kernel count', () => {
  const session = (path: string, kernel: { id: string; name: string } | null) => ({
    id: path,
    path,
    name: path,
    type: 'notebook',
    kernel
  });
  const sessions = [session('a.ipynb', { id: 'k-1', name: 'x' }), session('a.ipynb', null), session('b.ipynb', { id: 'k-2', name: 'x' })]; // prettier-ignore
  expect(kernelsOf(sessions, 'a.ipynb')).toEqual(['k-1']);
});

test('what cannot be started is said, and can be tried again', async () => {
  const { banner, sessionContext } = setUp();
  const { changeKernel } = sessionContext;
  sessionContext.changeKernel = () => Promise.reject(new Error('no such kernel'));
  await banner.resume(false);
  expect(banner.view).toMatchObject({ step: 'offered', error: 'no such kernel' });
  sessionContext.changeKernel = changeKernel;
  await banner.resume(false);
  expect(banner.view).toBeNull();
});

test('the banner says what was kept and what is gone, and offers to run marked cells', async () => {
  const { banner, desk } = setUp({ tags: ['setup'], berth: { compute: WISH } });
  render(<StopBanner banner={banner} trans={trans} />);
  screen.getByText(/^The kernel of train\.ipynb was released at/);
  screen.getByText('Nothing was used for 1 h: the hard limit of the platform.');
  screen.getByText(/^Kept: .*the environment study, the wish for gpu-t4\.$/);
  screen.getByText(/^Gone: all variables of the kernel/);
  expect(screen.getByRole('checkbox', { name: 'Run the setup cell' })).toHaveProperty('checked', true);
  fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
  await waitFor(() => expect(screen.queryByRole('button')).toBeNull());
  expect(desk.dismiss).toHaveBeenCalledWith('s-1');
});

test('where a new kernel runs already nothing is to be resumed', () => {
  const { banner, sessionContext } = setUp();
  sessionContext.session = { kernel: { id: 'k-9', name: 'berth-study', status: 'idle' } };
  render(<StopBanner banner={banner} trans={trans} />);
  act(() => sessionContext.kernelChanged.emit());
  screen.getByText('A new kernel runs already.');
  expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull();
});
