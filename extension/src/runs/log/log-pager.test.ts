import type { LogLine, LogPage } from '@berth/gateway/contract';
import type { ILogRequest } from '../../shared/gateway-client.js';
import { GatewayError } from '../../shared/gateway-error.js';
import { makeLine, makePage } from '../../testing/gateway.testkit.js';
import { LogPager } from './log-pager.js';

/** A log that grows; its cursor is the number of lines that were looked at. It can fail like a gateway that restarts. */
class GrowingLog {
  readonly requests: ILogRequest[] = [];
  readonly lines: LogLine[] = [];
  failures = 0;
  ended = false;

  grow(count: number): void {
    for (let left = count; left > 0; left -= 1) this.lines.push(makeLine(`line ${this.lines.length}`));
  }

  async logs(_runId: string, request: ILogRequest): Promise<LogPage> {
    this.requests.push(request);
    await Promise.resolve();
    if (this.failures > 0) {
      this.failures -= 1;
      throw new GatewayError('gateway-unavailable', 'restarting', 'r1');
    }
    const { cursor, tail, limit = 2000, contains = '' } = request;
    const from =
      cursor !== undefined ? Number(cursor.split(':')[1]) : Math.max(0, this.lines.length - (tail ?? Infinity));
    const seen = this.lines.slice(from, from + limit);
    const end = this.ended && from + seen.length === this.lines.length;
    return makePage(
      seen.filter(({ text }) => text.includes(contains)),
      `0:${from + seen.length}`,
      { end }
    );
  }
}

const pagerOf = (log: GrowingLog, contains = ''): LogPager =>
  new LogPager(log, { runId: 'a', rank: '0', attempt: 1, contains });

const settle = (): Promise<unknown> => new Promise(resolve => setTimeout(resolve, 20));

const numbers = (pager: LogPager): number[] => pager.state.buffer.lines.map(({ text }) => Number(text.split(' ')[1]));

test('it begins near the end and offers the lines before', async () => {
  const log = new GrowingLog();
  log.grow(3000);
  const pager = pagerOf(log);
  pager.wake();
  await settle();
  expect(numbers(pager)[0]).toBe(2000);
  expect(pager.state.earlier).toBe(true);
  pager.loadEarlier();
  await settle();
  expect(numbers(pager)).toEqual(Array.from({ length: 3000 }, (_, index) => index));
  expect(pager.state.earlier).toBe(false);
});

test('however often it is woken while the log grows, no line is missing or doubled', async () => {
  const log = new GrowingLog();
  const pager = pagerOf(log);
  for (let round = 0; round < 40; round += 1) {
    log.grow(round % 7);
    pager.wake();
    pager.wake();
    if (round % 3 === 0) await settle();
  }
  await settle();
  expect(numbers(pager)).toEqual(Array.from({ length: log.lines.length }, (_, index) => index));
});

test('a restart of the gateway in between makes no gap', async () => {
  const log = new GrowingLog();
  log.grow(5);
  const pager = pagerOf(log);
  pager.wake();
  await settle();
  log.failures = 2;
  log.grow(5);
  pager.wake();
  await settle();
  expect(pager.state.error?.code).toBe('gateway-unavailable');
  expect(numbers(pager)).toHaveLength(5);
  pager.wake();
  await settle();
  pager.wake();
  await settle();
  expect(pager.state.error).toBeNull();
  expect(numbers(pager)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('after the end it asks for nothing more', async () => {
  const log = new GrowingLog();
  log.grow(3);
  log.ended = true;
  const pager = pagerOf(log);
  pager.wake();
  await settle();
  const { length } = log.requests;
  pager.wake();
  await settle();
  expect(pager.state.buffer.end).toBe(true);
  expect(log.requests).toHaveLength(length);
});

test('a search goes on through pages that have no hit', async () => {
  const log = new GrowingLog();
  log.grow(5_000);
  const pager = pagerOf(log, 'line 4999');
  pager.wake();
  for (let wait = 0; wait < 100 && pager.state.buffer.lines.length === 0; wait += 1) await settle();
  expect(numbers(pager)).toEqual([4999]);
  expect(log.requests[0]).not.toHaveProperty('tail');
  pager.dispose();
});

test('nothing happens after dispose', async () => {
  const log = new GrowingLog();
  const pager = pagerOf(log);
  pager.wake();
  pager.dispose();
  log.grow(3);
  pager.wake();
  await settle();
  expect(pager.state.buffer.lines).toHaveLength(0);
});
