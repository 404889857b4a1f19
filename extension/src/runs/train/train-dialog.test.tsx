import type { RunSubmission, Verdict } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment, makeOffer, makeRun } from '../../testing/gateway.testkit.js';
import { TrainDialog } from './train-dialog.js';
import { initialForm } from './train-form.js';

const trans = nullTranslator.load('jupyterlab_berth');
const offers = [makeOffer('cpu', { title: 'CPU', slots: 4, used: 1 })];
const environments = [makeEnvironment('default', { state: 'absent' })];
const GOOD: Verdict = {
  verdict: 'now',
  message: 'It starts at once.',
  position: null,
  problems: [],
  warnings: [],
  bundle: { files: 2, bytes: 2048 }
};

beforeAll(showDialogs);

afterEach(cleanup);

function show(verdictOf: (submission: RunSubmission) => Verdict = () => GOOD, saving = () => Promise.resolve(true)) {
  const submit = jest.fn<Promise<ReturnType<typeof makeRun>>, [RunSubmission, AbortSignal?]>();
  const onDone = jest.fn();
  const onClose = jest.fn();
  const save = jest.fn(saving);
  render(
    <TrainDialog
      model={new FakeModel({ offers, environments })}
      client={{ submit, verdict: submission => Promise.resolve(verdictOf(submission)) }}
      notebook="a.ipynb"
      name="a.ipynb"
      pin={null}
      submissionId="submission-1"
      initial={initialForm(null, offers, environments, 2)}
      trans={trans}
      save={save}
      onDone={onDone}
      onClose={onClose}
    />
  );
  return { submit, onDone, onClose, save };
}

const form = (): HTMLFormElement => screen.getByRole<HTMLElement>('dialog', { hidden: true }).querySelector('form')!;

test('it is ready with one look: focus, verdict, what goes along, what is made first', async () => {
  show();
  await screen.findByText(/It starts at once/);
  expect(document.activeElement).toBe(screen.getByLabelText('Processes'));
  expect(screen.getByText(/2 files, 2.0 KiB/)).toBeTruthy();
  expect(screen.getByText(/It will be created first, with 1 package and what that needs/)).toBeTruthy();
  expect(screen.getByText('CPU — 3 of 4 free')).toBeTruthy();
  expect(screen.getByText('The notebook was saved first.')).toBeTruthy();
});

test('a submission that fails keeps the dialog and what was typed; the next try has the same id', async () => {
  const { submit, onDone } = show();
  await screen.findByText(/It starts at once/);
  fireEvent.change(screen.getByLabelText('Processes'), { target: { value: '3' } });
  submit.mockRejectedValueOnce(new GatewayError('gateway-unavailable', 'It is being restarted.', 'r-7'));
  fireEvent.submit(form());
  await screen.findByText(/request: r-7/);
  expect(screen.getByLabelText<HTMLInputElement>('Processes').value).toBe('3');
  submit.mockResolvedValueOnce(makeRun('a'));
  fireEvent.submit(form());
  await waitFor(() => expect(onDone).toHaveBeenCalledTimes(1));
  const sent = submit.mock.calls.map(([submission]) => [submission.submissionId, submission.processes]);
  expect(sent).toEqual([
    ['submission-1', 3],
    ['submission-1', 3]
  ]);
});

test('what never fits cannot be submitted, and says why where it is', async () => {
  const { submit } = show(() => ({
    ...GOOD,
    verdict: 'never',
    message: 'It never fits.',
    problems: [
      { field: 'processes', message: 'At most 4.' },
      { field: 'cell 3', message: 'Cell 3, line 1: has a magic that cannot run.' }
    ]
  }));
  const problem = await screen.findByText('At most 4.');
  expect(screen.getByLabelText('Processes').getAttribute('aria-describedby')).toContain(problem.id);
  expect(screen.getByText(/^Cell 3, line 1/)).toBeTruthy();
  expect(screen.queryByText('cell 3')).toBeNull();
  expect(screen.getByRole('button', { name: 'Train', hidden: true })).toHaveProperty('disabled', true);
  fireEvent.submit(form());
  expect(submit).not.toHaveBeenCalled();
});

test('Escape gives up a submission that is under way', async () => {
  const { submit, onClose, onDone } = show();
  await screen.findByText(/It starts at once/);
  submit.mockImplementation(
    (_, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  );
  fireEvent.submit(form());
  await screen.findByText('Submitting…');
  await waitFor(() => expect(submit).toHaveBeenCalled());
  fireEvent(screen.getByRole('dialog', { hidden: true }), new Event('cancel', { cancelable: true }));
  expect(onClose).toHaveBeenCalled();
  expect(submit.mock.calls[0]?.[1]?.aborted).toBe(true);
  expect(onDone).not.toHaveBeenCalled();
});

test('the place in the queue is told once, by the gateway', async () => {
  const message = 'Waits for 2 processes on cpu, place 2 in line: 4 of 4 slots are in use.';
  show(() => ({ ...GOOD, verdict: 'wait', message, position: 2 }));
  const line = await screen.findByText(/place 2 in line/);
  expect(line.textContent).toBe(`Wait · ${message}`);
});

test('a form that is no request has no verdict, whatever the one before was', async () => {
  show();
  await screen.findByText(/It starts at once/);
  fireEvent.change(screen.getByLabelText('Processes'), { target: { value: '' } });
  expect(screen.queryByText(/It starts at once/)).toBeNull();
  expect(screen.getByText('Please complete the form.')).toBeTruthy();
  fireEvent.change(screen.getByLabelText('Processes'), { target: { value: '2' } });
  await screen.findByText(/It starts at once/);
});

test('what is advanced opens at a problem and does not close under the hands of the person who solves it', async () => {
  show();
  await screen.findByText(/It starts at once/);
  const grace = screen.getByLabelText('Grace (seconds)');
  const details = grace.closest('details')!;
  expect(details.open).toBe(false);
  fireEvent.change(grace, { target: { value: '' } });
  expect(details.open).toBe(true);
  fireEvent.change(grace, { target: { value: '30' } });
  expect(details.open).toBe(true);
});

test('a notebook that cannot be saved is not said to be submitted', async () => {
  const { submit } = show(undefined, () => Promise.reject(new GatewayError('not-saved', 'The disk is full.')));
  await screen.findByText(/could not be saved; Train tries again/);
  fireEvent.submit(form());
  await screen.findByText('The disk is full.');
  expect(submit).not.toHaveBeenCalled();
});
