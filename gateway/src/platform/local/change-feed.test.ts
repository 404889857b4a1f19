import type { PlatformChange, RunView } from '../../contract/index.js';
import { ChangeFeed } from './change-feed.js';
import { SILENT } from './local-harness.testkit.js';

const view = (change: Partial<RunView>): RunView =>
  ({ id: 'a', phase: 'Running', progress: null, ...change }) as RunView;

test('what changes all the time is told four times a second, a phase at once, and nothing twice', () => {
  let nowMs = 1_000;
  const feed = new ChangeFeed(() => new Date(nowMs), SILENT);
  const told: unknown[] = [];
  feed.listen(change => told.push(change.type === 'run' ? (change.run.progress ?? change.run.phase) : change.type));
  feed.run(view({}));
  feed.run(view({}));
  feed.run(view({ progress: 0.1 }));
  feed.logGrew('a', 1);
  feed.tellLogs(() => false);
  feed.logGrew('a', 1);
  feed.tellLogs(() => false);
  nowMs += 250;
  feed.run(view({ progress: 0.2 }));
  feed.tellLogs(() => false);
  feed.run(view({ phase: 'Succeeded' }));
  feed.logGrew('a', 1);
  feed.tellLogs(() => true);
  expect(told).toEqual(['Running', 'log', 0.2, 'log', 'Succeeded', 'log']);
});

test('a listener that throws does not keep others from hearing, and one that left hears nothing', () => {
  const feed = new ChangeFeed(() => new Date(0), SILENT);
  const heard: PlatformChange[] = [];
  feed.listen(() => {
    throw new Error('mine');
  });
  const leave = feed.listen(change => heard.push(change));
  feed.runDeleted('a');
  leave();
  feed.runDeleted('b');
  expect(heard).toEqual([{ type: 'run-deleted', runId: 'a' }]);
});
