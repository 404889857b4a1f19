import { describe, expect, test } from '@jest/globals';
import { type Expectation, scoreTrace } from './score-trace.ts';

const expectation = (must: 'keep' | 'stop'): Expectation => ({ t_from: 100, t_to: 200, workspace: true, must });

describe.each([
  { must: 'keep', stoppedT: null, wantWrong: false, wantLate: [] },
  { must: 'keep', stoppedT: 201, wantWrong: false, wantLate: [] },
  { must: 'keep', stoppedT: 200, wantWrong: true, wantLate: [] },
  { must: 'keep', stoppedT: 50, wantWrong: true, wantLate: [] },
  { must: 'stop', stoppedT: 130, wantWrong: false, wantLate: [30] },
  { must: 'stop', stoppedT: 50, wantWrong: false, wantLate: [0] },
  { must: 'stop', stoppedT: 201, wantWrong: true, wantLate: [] },
  { must: 'stop', stoppedT: null, wantWrong: true, wantLate: [] }
] as const)('$must from 100 to 200, stopped at $stoppedT', ({ must, stoppedT, wantWrong, wantLate }) => {
  const score = scoreTrace([expectation(must)], () => ({ stoppedT }));

  test(wantWrong ? 'is wrong, and said' : 'is right', () => {
    expect(score.falseStops).toHaveLength(wantWrong && must === 'keep' ? 1 : 0);
    expect(score.falseKeeps).toHaveLength(wantWrong && must === 'stop' ? 1 : 0);
  });

  test('a delay is counted from when it was due', () => expect(score.lateS).toEqual(wantLate));
});
