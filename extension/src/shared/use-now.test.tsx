import { act, cleanup, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { useNow } from './use-now.js';

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  cleanup();
  jest.useRealTimers();
});

function Clock({ ticking }: { readonly ticking: boolean }): ReactElement {
  return <p>{useNow(ticking)}</p>;
}

test('a clock that stood still is right as soon as it ticks again, not a second later', () => {
  const { container, rerender } = render(<Clock ticking={false} />);
  act(() => jest.advanceTimersByTime(5_500));
  expect(container.textContent).toBe('1000000');
  rerender(<Clock ticking={true} />);
  expect(container.textContent).toBe('1005500');
  act(() => jest.advanceTimersByTime(500));
  expect(container.textContent).toBe('1006000');
});
