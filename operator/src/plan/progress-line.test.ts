import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LONGEST_METRIC_NAME, LONGEST_PROGRESS_LINE, MOST_METRICS, parseProgressLine } from './progress-line.js';
import type { Progress } from './progress-line.js';

const line = (berth: unknown): string => JSON.stringify({ berth });

describe('parseProgressLine', () => {
  test.each<{ name: string; text: string; want: Partial<Progress> }>([
    {
      name: 'a whole line',
      text: '{"berth": {"step": 120, "progress": 0.4, "metrics": {"loss": 0.31}}}',
      want: { step: 120, progress: 0.4, metrics: { loss: 0.31 } }
    },
    { name: 'a step alone', text: line({ step: 0 }), want: { step: 0 } },
    { name: 'the ends of progress', text: line({ progress: 1 }), want: { progress: 1 } },
    { name: 'nothing at all', text: line({}), want: {} },
    { name: 'space around it', text: `  \t${line({ step: 3 })}\r\n`, want: { step: 3 } },
    { name: 'other keys beside it', text: '{"t": 1, "berth": {"step": 3}, "x": {}}', want: { step: 3 } },
    { name: 'other fields in it', text: line({ step: 3, epoch: 1 }), want: { step: 3 } },
    { name: 'percent', text: line({ progress: 40 }), want: { problems: ['progress: want a number from 0 to 1'] } },
    { name: 'a negative step', text: line({ step: -1 }), want: { problems: ['step: want a number from 0'] } },
    {
      name: 'a step in words',
      text: line({ step: '7', progress: 0.5 }),
      want: { progress: 0.5, problems: ['step: want a number from 0'] }
    },
    {
      name: 'metrics in a list',
      text: line({ metrics: [1] }),
      want: { problems: ['metrics: want an object from names to numbers'] }
    },
    {
      name: 'a metric that is no number',
      text: line({ metrics: { loss: '0.3', accuracy: 1 } }),
      want: { metrics: { accuracy: 1 }, problems: ['metrics.loss: want a finite number'] }
    },
    {
      name: 'a loss that is NaN, as Python writes it',
      text: '{"berth": {"step": 5, "metrics": {"loss": NaN, "grad": -Infinity, "lr": 0.1}}}',
      want: {
        step: 5,
        metrics: { lr: 0.1 },
        problems: ['metrics.loss: want a finite number', 'metrics.grad: want a finite number']
      }
    },
    {
      name: 'a number too large for a double',
      text: '{"berth": {"metrics": {"loss": 1e999}}}',
      want: { problems: ['metrics.loss: want a finite number'] }
    },
    {
      name: 'a metric without a name',
      text: line({ metrics: { '': 1 } }),
      want: { problems: ['metrics.: want a plain name of 1 to 64 characters'] }
    },
    {
      name: 'a metric with a line feed in its name',
      text: line({ metrics: { 'a\nb': 1 } }),
      want: { problems: ['metrics.a?b: want a plain name of 1 to 64 characters'] }
    },
    {
      name: 'names that every object has',
      text: '{"berth": {"metrics": {"__proto__": 1, "constructor": 2, "loss": 3}}}',
      want: {
        metrics: { loss: 3 },
        problems: [
          'metrics.__proto__: want a plain name of 1 to 64 characters',
          'metrics.constructor: want a plain name of 1 to 64 characters'
        ]
      }
    }
  ])('reads $name', ({ text, want }) => {
    expect(parseProgressLine(text)).toEqual({ metrics: {}, problems: [], ...want });
  });

  test.each([
    ['an ordinary line', 'epoch 3: loss 0.31'],
    ['an empty line', ''],
    ['JSON of another kind', '{"step": 3}'],
    ['a line that only speaks of "berth"', 'see {"berth": {}} in the guide'],
    ['JSON that is cut off', '{"berth": {"step": 3'],
    ['JSON with an error', '{"berth": {"step": 3,}}'],
    ['berth in a list', '[{"berth": {"step": 3}}]'],
    ['berth that is no object', '{"berth": 3}'],
    ['berth that is null', '{"berth": null}'],
    ['berth inside something else', '{"x": {"berth": {"step": 3}}}'],
    ['a line that is too long', `{"berth": {"step": 3}, "x": "${'x'.repeat(LONGEST_PROGRESS_LINE)}"}`]
  ])('leaves %s to the log', (_, text) => {
    expect(parseProgressLine(text)).toBeUndefined();
  });

  test('keeps so many metrics and no more', () => {
    const metrics = Object.fromEntries(Array.from({ length: MOST_METRICS + 8 }, (_, index) => [`m${index}`, index]));
    const progress = parseProgressLine(line({ metrics }));
    expect(Object.keys(progress?.metrics ?? {})).toEqual(Object.keys(metrics).slice(0, MOST_METRICS));
    expect(progress?.problems).toEqual(['metrics: the first 32 of 40 are kept']);
  });

  test('names have a length', () => {
    const longest = 'x'.repeat(LONGEST_METRIC_NAME);
    const progress = parseProgressLine(line({ metrics: { [longest]: 1, [`${longest}y`]: 2 } }));
    expect(progress?.metrics).toEqual({ [longest]: 1 });
    expect(progress?.problems).toEqual([`metrics.${longest}…: want a plain name of 1 to 64 characters`]);
  });

  test('never throws, never lets through what is not finite, and leaves Object.prototype alone', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const texts = fc.oneof(
      fc.string(),
      fc.json().map(json => `{"berth":${json}}`),
      fc.json().map(json => `{"berth":{"metrics":${json}}}`)
    );
    fc.assert(
      fc.property(texts, text => {
        const progress = parseProgressLine(text);
        if (progress === undefined) return;
        const numbers = [progress.step ?? 0, progress.progress ?? 0, ...Object.values(progress.metrics)];
        expect(numbers.every(Number.isFinite)).toBe(true);
      })
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});
