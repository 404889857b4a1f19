import '../../testing/dom.testkit.js';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { GatewayError } from '../../shared/gateway-error.js';
import type { IInputBody } from '../idle-client.js';
import { InputReporter } from './input-reporter.js';
import { InputWatcher } from './input-watcher.js';
import { PendingInputs } from './pending-inputs.js';

describe('telling', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  function setUp() {
    const told: IInputBody[] = [];
    const server = { isHeard: true, asked: 0, error: null as Error | null };
    const reporter = new InputReporter({
      page: 'page-1',
      send: async body => {
        server.asked += 1;
        if (server.error !== null) throw server.error;
        told.push(body);
      },
      isHeard: () => server.isHeard
    });
    return { reporter, told, server };
  }

  test('the first input is told at once, what follows at most every ten seconds and together', async () => {
    const { reporter, told } = setUp();
    reporter.note('k-1');
    await jest.advanceTimersByTimeAsync(0);
    expect(told).toEqual([{ kernels: { 'k-1': 0 }, input: 0, waitsInput: [], tabs: 1, page: 'page-1' }]);
    reporter.note('k-1');
    await jest.advanceTimersByTimeAsync(4_000);
    reporter.note('k-2');
    reporter.note(null);
    await jest.advanceTimersByTimeAsync(5_999);
    expect(told).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(told[1]).toMatchObject({ kernels: { 'k-1': 10, 'k-2': 6 }, input: 6 });
    reporter.dispose();
  });

  test('an answer to a question is told at once, before somebody closes the page and leaves the cell to work', async () => {
    const { reporter, told } = setUp();
    reporter.setWaiting(['k-1']);
    await jest.advanceTimersByTimeAsync(0);
    reporter.note('k-1');
    reporter.setWaiting([]);
    await jest.advanceTimersByTimeAsync(0);
    expect(told.map(({ waitsInput }) => waitsInput)).toEqual([['k-1'], []]);
    reporter.dispose();
  });

  test('a page in which nothing happens says nothing', async () => {
    const { reporter, told } = setUp();
    reporter.note('k-1');
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(told).toHaveLength(1);
    reporter.setWish(null);
    reporter.setWish(null);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(told).toHaveLength(2);
    reporter.dispose();
  });

  test('a page that does not know yet what the person has set does not take their limit back', async () => {
    const { reporter, told } = setUp();
    reporter.tellAgain();
    await jest.advanceTimersByTimeAsync(0);
    expect(told[0]).not.toHaveProperty('wish');
    reporter.setWish(null);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(told[1]).toHaveProperty('wish', null);
    reporter.dispose();
  });

  test('what could not be delivered is told again, though the person does nothing more', async () => {
    const { reporter, told, server } = setUp();
    server.error = new Error('gone');
    reporter.note('k-1');
    await jest.advanceTimersByTimeAsync(55_000);
    server.error = null;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(told).toEqual([expect.objectContaining({ kernels: { 'k-1': 60 }, input: 60 })]);
    reporter.note('k-2');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(told[1]?.kernels).toEqual({ 'k-2': 10 });
    reporter.dispose();
  });

  test('what was refused is not told again and again: it goes with the next', async () => {
    const { reporter, told, server } = setUp();
    server.error = new GatewayError('forbidden', 'You may only look.');
    reporter.note('k-1');
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(server.asked).toBe(1);
    server.error = null;
    reporter.note('k-2');
    await jest.advanceTimersByTimeAsync(0);
    expect(told[0]?.kernels).toEqual({ 'k-1': 3_600, 'k-2': 0 });
    reporter.dispose();
  });

  test('before anybody hears it nothing is lost; the wish comes along', async () => {
    const { reporter, told, server } = setUp();
    server.isHeard = false;
    const wish = { kernel: { hardSeconds: 900 } };
    reporter.setWish(wish);
    reporter.note('k-1');
    await jest.advanceTimersByTimeAsync(20_000);
    expect(told).toEqual([]);
    server.isHeard = true;
    reporter.tellAgain();
    await jest.advanceTimersByTimeAsync(0);
    expect(told).toEqual([expect.objectContaining({ kernels: { 'k-1': 20 }, wish })]);
    reporter.dispose();
  });

  test('a clock that is set back makes no input of the future', async () => {
    const { reporter, told } = setUp();
    reporter.note('k-1');
    jest.setSystemTime(0);
    await jest.advanceTimersByTimeAsync(0);
    expect(told[0]).toMatchObject({ kernels: { 'k-1': 0 }, input: 0 });
    reporter.dispose();
  });
});

describe('seeing', () => {
  const widget = Object.assign(new Widget(), { sessionContext: { session: { kernel: { id: 'k-1' } } } });
  const inside = document.createElement('div');
  widget.node.append(inside);
  const plain = new Widget();

  function setUp() {
    const seen: (string | null)[] = [];
    const watcher = new InputWatcher({
      node: document,
      widgets: () => [plain, widget],
      onInput: kernel => seen.push(kernel)
    });
    return { watcher, seen };
  }

  test('input in a notebook is of its kernel, elsewhere of none', () => {
    const { watcher, seen } = setUp();
    watcher.handleEvent({ isTrusted: true, target: inside });
    watcher.handleEvent({ isTrusted: true, target: plain.node });
    watcher.handleEvent({ isTrusted: true, target: document.body });
    expect(seen).toEqual(['k-1', null, null]);
    watcher.dispose();
  });

  test('what no person did is no input: events that scripts dispatch, a key that is held down', () => {
    const { watcher, seen } = setUp();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true }));
    watcher.handleEvent({ isTrusted: true, repeat: true, target: inside });
    expect(seen).toEqual([]);
    watcher.dispose();
  });

  test('it listens to no pointer that merely moves', () => {
    const listened: string[] = [];
    const node = { addEventListener: (type: string) => listened.push(type), removeEventListener: () => undefined };
    new InputWatcher({ node: node, widgets: () => [], onInput: () => undefined });
    expect(listened).toEqual(['keydown', 'pointerdown', 'wheel']);
  });
});

describe('cells that wait for a person', () => {
  function makeKernel(id: string) {
    const kernel = { id, hasPendingInput: false };
    return Object.assign(kernel, {
      pendingInput: new Signal<object, boolean>(kernel),
      disposed: new Signal<object, void>(kernel)
    });
  }

  test('are known from the question to the answer, and to the end of the kernel', () => {
    const first = makeKernel('k-1');
    const session = { session: { kernel: first } };
    const kernelChanged = new Signal<object, { newValue: unknown }>(session);
    const pending = new PendingInputs();
    const context = { ...session, kernelChanged } as unknown as ISessionContext;
    pending.follow(context);
    pending.follow(context);
    first.pendingInput.emit(true);
    expect(pending.waiting).toEqual(['k-1']);
    first.pendingInput.emit(false);
    expect(pending.waiting).toEqual([]);
    const second = makeKernel('k-2') as unknown as Kernel.IKernelConnection & ReturnType<typeof makeKernel>;
    kernelChanged.emit({ newValue: second });
    second.pendingInput.emit(true);
    second.disposed.emit();
    expect(pending.waiting).toEqual([]);
  });
});
