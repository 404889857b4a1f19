import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { GatewayClient, ILogRequest } from '../../shared/gateway-client.js';
import { GatewayError } from '../../shared/gateway-error.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeAttempt, makeLine, makePage, makeRun } from '../../testing/gateway.testkit.js';
import type { IRunHandlers } from '../run-handlers.js';
import { RunPage } from './run-page.js';

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
const trans = nullTranslator.load('jupyterlab_berth');

const handlers = (): jest.Mocked<IRunHandlers> => ({
  open: jest.fn(),
  cancel: jest.fn(),
  retry: jest.fn(),
  remove: jest.fn(),
  openResults: jest.fn(),
  openNotebook: jest.fn(),
  copyCurl: jest.fn()
});

function show(model: FakeModel, logs: (request: ILogRequest) => ReturnType<typeof makePage>, acts = handlers()) {
  const client = {
    logs: (_: string, request: ILogRequest) => Promise.resolve(logs(request)),
    downloadUrl: () => 'about:blank'
  } as unknown as GatewayClient;
  render(<RunPage runId="a" gateway={{ client, model }} handlers={acts} follow trans={trans} />);
  return acts;
}

afterEach(cleanup);

test('whatever a run prints or is called stays text', async () => {
  const failed = { rank: 1, state: 'ended' as const, exitCode: 1, signal: null, lastError: HOSTILE };
  const run = makeRun('a', {
    name: HOSTILE,
    reason: { code: 'ExitCode', message: HOSTILE },
    metrics: [{ name: HOSTILE, last: 1, points: [[0, 1]] }],
    attempts: [{ ...makeAttempt(1), message: HOSTILE, ranks: [failed] }]
  });
  show(new FakeModel({ runs: [run] }), () => makePage([makeLine(HOSTILE)], '0:1'));
  await waitFor(() => expect(screen.getByRole('log').textContent).toContain(HOSTILE));
  expect(document.querySelectorAll('img, script')).toHaveLength(0);
});

test('stderr is told apart in words, and progress lines are hidden until they are asked for', async () => {
  const lines = [makeLine('oh', { stream: 'stderr' }), makeLine('{"berth": {"step": 1}}')];
  show(new FakeModel({ runs: [makeRun('a', { attempts: [makeAttempt(1)] })] }), () => makePage(lines, '0:2'));
  await screen.findByText('oh');
  expect(screen.getByText('err')).toBeTruthy();
  expect(screen.queryByText(/"step"/)).toBeNull();
  fireEvent.click(screen.getByLabelText('Show progress lines'));
  expect(screen.getByText(/"step"/)).toBeTruthy();
});

test('arrow keys go from rank to rank, and each has its own log', async () => {
  const model = new FakeModel({ runs: [makeRun('a', { attempts: [makeAttempt(1)] })] });
  show(model, ({ rank }) => makePage([makeLine(`from ${rank}`)], '0:1'));
  await screen.findByText('from 0');
  fireEvent.keyDown(screen.getByRole('tab', { name: 'Rank 0' }), { key: 'ArrowLeft' });
  await screen.findByText('from launcher');
  const launcher = screen.getByRole('tab', { name: 'Launcher' });
  expect(launcher.getAttribute('aria-selected')).toBe('true');
  expect(document.activeElement).toBe(launcher);
});

test('new lines come with the event that tells of them', async () => {
  const model = new FakeModel({ runs: [makeRun('a', { attempts: [makeAttempt(1)] })] });
  show(model, ({ cursor }) =>
    cursor === undefined ? makePage([makeLine('one')], '0:1') : makePage([makeLine('two')], '0:2')
  );
  await screen.findByText('one');
  act(() => model.logArrived.emit({ runId: 'other' }));
  act(() => model.logArrived.emit({ runId: 'a' }));
  await screen.findByText('two');
  expect(screen.getAllByText('one')).toHaveLength(1);
});

test('only what can be done now has a button', async () => {
  const model = new FakeModel({ runs: [makeRun('a')] });
  const acts = show(model, () => makePage([], '0:0'));
  fireEvent.click(screen.getByRole('button', { name: 'Cancel: a · a' }));
  expect(acts.cancel).toHaveBeenCalledWith('a');
  expect(screen.queryByRole('button', { name: 'Delete: a · a' })).toBeNull();
  act(() => model.show({ runs: [makeRun('a', { phase: 'Failed', endedAtMs: 3_000, actions: ['retry', 'delete'] })] }));
  expect(screen.getByRole('button', { name: 'Delete: a · a' })).toBeTruthy();
  expect(screen.getByText('Failed')).toBeTruthy();
});

test('a run that is deleted while its page is open leaves a word about it', () => {
  const model = new FakeModel({ runs: [makeRun('a')] });
  show(model, () => makePage([], '0:0'));
  act(() => model.show({ runs: [] }));
  expect(screen.getByText('This run does not exist any more.')).toBeTruthy();
});

test('a lost gateway is named with its reason, and the person can try at once', () => {
  const model = new FakeModel({ runs: [makeRun('a')] });
  show(model, () => makePage([], '0:0'));
  const reason = new GatewayError('gateway-unavailable', 'It is being restarted.', 'r-1');
  act(() => model.connect({ state: 'lost', sinceMs: Date.now(), reason, nextTryAtMs: Date.now() + 5_000 }));
  expect(screen.getByText(/Berth’s gateway is not answering/)).toBeTruthy();
  expect(screen.getByText(/gateway-unavailable · request: r-1/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Cancel: a · a' })).toHaveProperty('disabled', true);
  fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
  expect(model.reconnects).toBe(1);
});

describe('a run that has only reported its steps', () => {
  const reports = Array.from({ length: 6_000 }, (_, step) => makeLine(`{"berth": {"step": ${step}}}`));
  const model = (): FakeModel => new FakeModel({ runs: [makeRun('a', { attempts: [makeAttempt(1)] })] });

  test('is not said to have no output, and a button shows the lines', async () => {
    show(model(), () => makePage(reports.slice(0, 3), '0:3'));
    await screen.findByText(/Only progress lines so far/);
    fireEvent.click(screen.getByRole('button', { name: 'Show them' }));
    expect(screen.getByText(/"step": 2/)).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Show progress lines').checked).toBe(true);
  });

  test('is not said to have nothing else where earlier lines are not loaded', async () => {
    show(model(), () => makePage(reports, '0:6001', { end: true }));
    await screen.findByText(/The last lines are all progress lines/);
    fireEvent.click(screen.getByRole('button', { name: 'Load earlier lines' }));
    await screen.findByText(/Only the last 5,?000 lines are shown/);
  });

  test('shows what it has printed before thousands of reports', async () => {
    show(model(), () => makePage([makeLine('begin'), ...reports], '0:6001', { end: true }));
    await screen.findByText('begin');
  });

  test('a search says that only hidden lines have it', async () => {
    show(model(), ({ contains }) => makePage(contains === '' ? [makeLine('begin')] : reports.slice(0, 2), '0:3'));
    await screen.findByText('begin');
    fireEvent.change(screen.getByLabelText('Search this log'), { target: { value: 'step' } });
    await screen.findByText(/Only progress lines have “step”/);
    fireEvent.click(screen.getByRole('button', { name: 'Show them' }));
    expect(screen.getAllByText('step')).toHaveLength(2);
  });
});

test('each tab names the panel that it shows', async () => {
  show(new FakeModel({ runs: [makeRun('a', { attempts: [makeAttempt(1)] })] }), () => makePage([makeLine('x')], '0:1'));
  await screen.findByText('x');
  expect(screen.getByRole('tab', { name: 'Rank 1' }).getAttribute('aria-controls')).toBe(
    screen.getByRole('tabpanel').id
  );
});
