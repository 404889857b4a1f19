import { makeRun } from '../http/testing/scripted-platform.js';
import { EventJournal } from './event-journal.js';

const log = (runId: string): { type: 'log'; runId: string; attempt: number } => ({ type: 'log', runId, attempt: 1 });
const cursorsSince = (journal: EventJournal, cursor: string): unknown => {
  const events = journal.since(cursor);
  return events === 'gone' ? events : events.map(event => event.cursor);
};

test('each change gets the next cursor, and since gives what came after one', () => {
  const journal = new EventJournal('e');
  expect(journal.cursor).toBe('e-0');
  for (const id of ['a', 'b', 'c']) journal.add(log(id));
  expect(journal.cursor).toBe('e-3');
  expect(cursorsSince(journal, 'e-0')).toEqual(['e-1', 'e-2', 'e-3']);
  expect(cursorsSince(journal, 'e-2')).toEqual(['e-3']);
  expect(cursorsSince(journal, 'e-3')).toEqual([]);
});

test('a newer change replaces an older one of the same subject, at the end of the order', () => {
  const journal = new EventJournal('e');
  journal.add({ type: 'run', run: makeRun('r1') });
  journal.add({ type: 'offers', offers: [] });
  journal.add({ type: 'run', run: makeRun('r1', { phase: 'Running', position: null }) });
  journal.add({ type: 'run', run: makeRun('r2') });
  journal.add({ type: 'run-deleted', runId: 'r2' });
  expect(journal.since('e-0')).toMatchObject([
    { type: 'offers', cursor: 'e-2' },
    { type: 'run', cursor: 'e-3', run: { phase: 'Running' } },
    { type: 'run-deleted', cursor: 'e-5' }
  ]);
  expect(cursorsSince(journal, 'e-1')).toEqual(['e-2', 'e-3', 'e-5']);
});

test('beyond its capacity it forgets the oldest, and says so to those who need it', () => {
  const journal = new EventJournal('e', 3);
  for (const id of ['a', 'b', 'c', 'd', 'e']) journal.add(log(id));
  expect(cursorsSince(journal, 'e-1')).toBe('gone');
  expect(cursorsSince(journal, 'e-2')).toEqual(['e-3', 'e-4', 'e-5']);
});

test('replaced changes are not forgotten ones', () => {
  const journal = new EventJournal('e', 3);
  for (let round = 0; round < 100; round += 1) journal.add(log('a'));
  expect(cursorsSince(journal, 'e-0')).toEqual(['e-100']);
});

test.each(['', '-', 'e', 'e-', 'e--1', 'e-1.5', 'e-6', 'other-1', 'e-0x1', 'x-e-1', `e-${'9'.repeat(40)}`])(
  'the cursor %j is none of ours',
  cursor => {
    const journal = new EventJournal('e');
    journal.add(log('a'));
    expect(journal.since(cursor)).toBe('gone');
  }
);
