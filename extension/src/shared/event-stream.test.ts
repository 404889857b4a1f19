import type { GatewayEvent } from '@berth/gateway/contract';
import type { Connection } from './connection.js';
import { EventStream, SILENT_MS } from './event-stream.js';

/** A socket that a test speaks for; `close` is silent, as on a line that is cut. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  isClosed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  say(type: string, cursor: string): void {
    this.onmessage?.({ data: JSON.stringify({ type, cursor, resumed: true, snapshot: null }) });
  }
}

let stream: EventStream;
const states: Connection['state'][] = [];
const events: GatewayEvent['type'][] = [];

beforeEach(() => {
  jest.useFakeTimers();
  for (const list of [FakeSocket.all, states, events]) list.length = 0;
  stream = new EventStream({
    url: cursor => `ws://x/${cursor ?? ''}`,
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    onEvent: ({ type }) => events.push(type),
    onConnection: ({ state }) => states.push(state),
    ping: () => Promise.resolve(),
    random: () => 0
  });
  stream.connect();
  FakeSocket.all[0]?.say('hello', 'c1');
});

afterEach(() => {
  stream.dispose();
  jest.useRealTimers();
});

const urls = (): string[] => FakeSocket.all.map(({ url }) => url);

test('as long as the gateway says that it is alive, the socket stays', () => {
  for (let minute = 0; minute < 10; minute += 1) {
    jest.advanceTimersByTime(SILENT_MS - 1);
    FakeSocket.all[0]?.say('alive', `c${minute}`);
  }
  expect(urls()).toEqual(['ws://x/']);
  expect(states.slice(-1)).toEqual(['live']);
});

test('a socket that falls silent is given up, and the next goes on after the last cursor', () => {
  FakeSocket.all[0]?.say('alive', 'c7');
  jest.advanceTimersByTime(SILENT_MS);
  expect(FakeSocket.all[0]?.isClosed).toBe(true);
  expect(states.slice(-1)).toEqual(['connecting']);
  jest.advanceTimersByTime(1_000);
  expect(urls()).toEqual(['ws://x/', 'ws://x/c7']);
});

test('after a sleep it does not wait for its timer: what was silent for so long is replaced at once', () => {
  jest.setSystemTime(Date.now() + SILENT_MS - 1);
  globalThis.dispatchEvent(new Event('online'));
  expect(urls()).toHaveLength(1);
  jest.setSystemTime(Date.now() + 2);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(urls()).toEqual(['ws://x/', 'ws://x/c1']);
  expect(FakeSocket.all[0]?.isClosed).toBe(true);
});
