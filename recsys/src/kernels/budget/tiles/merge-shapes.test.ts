import fc from 'fast-check';
import { mergeShapes } from './merge-shapes.js';

const cells = (widths: readonly number[], people: number): number =>
  people * widths.reduce((sum, each) => sum + each, 0);

describe('shapes that are merged', () => {
  it('leaves few as they are', () => {
    const widths = [
      [1, 2],
      [3, 0]
    ];
    expect(mergeShapes(widths, [5, 7], 2)).toEqual({ widths, into: Uint16Array.of(0, 1) });
  });

  it('lays the few with those beside whom they cost least', () => {
    const { widths, into } = mergeShapes(
      [
        [9, 9],
        [2, 2],
        [2, 3]
      ],
      [100, 2, 1],
      2
    );
    expect(widths).toEqual([
      [9, 9],
      [2, 3]
    ]);
    expect([...into]).toEqual([0, 1, 1]);
  });

  it('gives everybody at least their columns, in no more shapes than wanted, with no more cells than in one shape', () => {
    const shapes = fc.array(
      fc.tuple(fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 50 })),
      {
        minLength: 1,
        maxLength: 40
      }
    );
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 10 }), (drawn, limit) => {
        const widths = drawn.map(([each]) => each);
        const people = drawn.map(([, count]) => count);
        const merged = mergeShapes(widths, people, limit);
        expect(merged.widths.length).toBe(Math.min(limit, widths.length));
        let all = 0;
        widths.forEach((own, shape) => {
          const now = merged.widths[merged.into[shape] as number] as readonly number[];
          own.forEach((width, channel) => expect(now[channel]).toBeGreaterThanOrEqual(width));
          all += cells(now, people[shape] as number);
        });
        const widest = [0, 1, 2].map(channel => Math.max(...widths.map(each => each[channel] as number)));
        expect(all).toBeLessThanOrEqual(
          cells(
            widest,
            people.reduce((sum, each) => sum + each, 0)
          )
        );
      })
    );
  });
});
