import { addReport, progressView } from './run-progress.js';
import type { RunProgress } from './run-progress.js';

const report = (metrics: Record<string, number>, rest: object = {}) => ({ metrics, problems: [], ...rest });

test('rank 0 is shown, and of the others what it does not say itself', () => {
  let progress: RunProgress = [];
  progress = addReport(progress, 1, report({ loss: 9, gpu: 0.5 }, { step: 7 }));
  progress = addReport(progress, 0, report({ loss: 1 }, { progress: 0.25 }));
  progress = addReport(progress, 0, report({ loss: 2 }, { step: 4 }));
  const view = progressView(progress);
  expect([view.progress, view.step]).toEqual([0.25, 4]);
  const want = [
    { name: 'loss', last: 2, points: [[1, 1], [4, 2]] }, // prettier-ignore
    { name: 'gpu', last: 0.5, points: [[7, 0.5]] }
  ];
  expect(view.metrics).toEqual(want);
});

test('a name for each step does not fill the memory', () => {
  let progress: RunProgress = [];
  for (let step = 0; step < 500; step += 1) progress = addReport(progress, 0, report({ [`loss-${step}`]: 1 }));
  expect(progressView(progress).metrics).toHaveLength(64);
});

test('a report that is wrong disappears without a word', () => {
  let progress: RunProgress = [];
  progress = addReport(progress, 0, { metrics: {}, problems: ['progress: want a number from 0 to 1'] });
  progress = addReport(progress, 0, { metrics: {}, problems: ['step: want a number from 0'] });
  const want = 'Rank 0 reported progress of which a part is left out: progress: want a number from 0 to 1.';
  expect(progressView(progress).warnings).toEqual([want]);
});
