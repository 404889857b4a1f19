import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import type { IPinState } from '../../shared/tokens.js';
import { DriftWarning, type ITrainPin } from './drift-warning.js';

const trans = nullTranslator.load('jupyterlab_berth');
const DRIFT: IPinState = {
  environment: 'vision',
  pinned: true,
  drift: ['The kernel has pandas 2.4.0, the pin 2.3.1.']
};

afterEach(cleanup);

class FakePin implements ITrainPin {
  readonly changed = new Signal<this, void>(this);
  state = DRIFT;
  readonly read = (): IPinState => this.state;
  readonly pin = jest.fn(async () => this.show({ environment: 'vision-2', pinned: true, drift: [] }));

  show(state: IPinState): void {
    this.state = state;
    this.changed.emit();
  }
}

const show = (pin: ITrainPin, environment: string, onPinned = jest.fn()) => {
  render(<DriftWarning pin={pin} environment={environment} trans={trans} onPinned={onPinned} />);
  return onPinned;
};

test('a run that would use something else than the kernel says so, and Pin makes it right', async () => {
  const onPinned = show(new FakePin(), 'vision');
  expect(screen.getByText(/the run uses the pin/)).toBeTruthy();
  expect(screen.getByText('The kernel has pandas 2.4.0, the pin 2.3.1.')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Pin' }));
  await waitFor(() => expect(onPinned).toHaveBeenCalledWith('vision-2'));
  expect(screen.queryByText(/the run uses the pin/)).toBeNull();
});

test('a run in another environment than the pin’s is not warned of the pin', () => {
  show(new FakePin(), 'default');
  expect(screen.queryByText(/the run uses the pin/)).toBeNull();
});

test('a drift that is found while the dialog is open is told', () => {
  const pin = new FakePin();
  pin.state = { ...DRIFT, drift: [] };
  show(pin, 'vision');
  expect(screen.queryByRole('group')).toBeNull();
  act(() => pin.show(DRIFT));
  expect(screen.getByRole('group', { name: 'Drift' })).toBeTruthy();
});

test('a pin that could not be made says why, where it was pressed', async () => {
  const pin = new FakePin();
  pin.pin.mockRejectedValueOnce(new GatewayError('conflict', 'The kernel is busy.'));
  const onPinned = show(pin, 'vision');
  fireEvent.click(screen.getByRole('button', { name: 'Pin' }));
  await screen.findByText('The kernel is busy.');
  expect(onPinned).not.toHaveBeenCalled();
});
