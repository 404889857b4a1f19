import { createLog, type LogLevel } from './log.js';

function linesOf(level: LogLevel | undefined, use: (log: ReturnType<typeof createLog>) => void): unknown[] {
  const lines: string[] = [];
  const now = () => new Date('2026-03-01T12:00:00Z');
  use(createLog({ ...(level === undefined ? {} : { level }), now, write: line => lines.push(line) }));
  expect(lines.every(line => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  return lines.map(line => JSON.parse(line) as unknown);
}

describe('a log', () => {
  test('writes a line of JSON with the time, the level, the message and the fields', () => {
    expect(linesOf(undefined, log => log.info('a pod is made', { key: 'n/a', attempt: 2 }))).toEqual([
      { time: '2026-03-01T12:00:00.000Z', level: 'info', message: 'a pod is made', key: 'n/a', attempt: 2 }
    ]);
  });

  test.each<{ level: LogLevel | undefined; want: number }>([
    { level: 'error', want: 1 },
    { level: undefined, want: 3 },
    { level: 'debug', want: 4 }
  ])('of level $level writes $want of four levels', ({ level, want }) => {
    const all = (log: ReturnType<typeof createLog>) => {
      log.error('e');
      log.warn('w');
      log.info('i');
      log.debug('d');
    };
    expect(linesOf(level, all)).toHaveLength(want);
  });

  test('says what went wrong and why, on one line', () => {
    const error = new Error('the list failed', { cause: new Error('connection reset') });
    expect(linesOf(undefined, log => log.warn('a watch is interrupted', { error }))).toMatchObject([
      { error: 'the list failed: connection reset' }
    ]);
  });

  test('says why something was called off, though that is no Error of the language', () => {
    const error: unknown = AbortSignal.abort().reason;
    expect(linesOf(undefined, log => log.warn('a request was given up', { error }))).toMatchObject([
      { error: 'This operation was aborted' }
    ]);
  });

  test('says where it went wrong when a person is woken', () => {
    const [line] = linesOf(undefined, log => log.error('a bug', { error: new Error('no such field') }));
    expect(line).toMatchObject({ error: expect.stringContaining('log.test') as string });
  });

  test('has ends for a chain of causes that has none', () => {
    const error = new Error('round');
    error.cause = error;
    expect(linesOf(undefined, log => log.warn('odd', { error }))).toHaveLength(1);
  });
});
