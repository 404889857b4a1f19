import { requireArrival } from './arrival.js';
import type { Arrival } from './arrival.js';

const PLAN = { options: 3, channels: 2 };
const RIGHT: Arrival = {
  options: [0, 2],
  values: [0.5, -Infinity],
  sent: [0, 3],
  personCap: Infinity,
  channelCaps: [1, 0]
};

describe('requireArrival', () => {
  test('takes what is right, and nobody who could get nothing', () => {
    expect(() => {
      requireArrival(RIGHT, PLAN);
      requireArrival({ options: [], values: [] }, PLAN);
      requireArrival({ options: Int32Array.of(1), values: Float32Array.of(-2) }, PLAN);
    }).not.toThrow();
  });

  test.each<[string, Partial<Arrival>, RegExp]>([
    ['a value that is no number', { values: [0.5, NaN] }, /values\[1\] is NaN: want a finite number, or -Infinity/],
    ['an infinite value', { values: [Infinity, 0] }, /values\[0\] is Infinity/],
    ['a value too few', { values: [0.5] }, /values has 1 entries: want 2/],
    ['an unknown option', { options: [0, 3] }, /options\[1\] is 3: want one of the plan's 3 options/],
    ['a negative option', { options: [-1, 0] }, /options\[0\] is -1/],
    ['half an option', { options: [0.5, 0] }, /options\[0\] is 0.5/],
    ['a negative count', { sent: [0, -1] }, /sent\[1\] is -1: want a number from 0 on/],
    ['counts of other channels', { sent: [0] }, /sent has 1 entries: want 2/],
    ['a cap that is none', { personCap: NaN }, /personCap is NaN/],
    ['a negative cap', { channelCaps: [0, -1] }, /channelCaps\[1\] is -1/],
    ['caps of other channels', { channelCaps: [0, 1, 2] }, /channelCaps has 3 entries: want 2/]
  ])('refuses %s', (_name, change, message) => {
    expect(() => {
      requireArrival({ ...RIGHT, ...change }, PLAN);
    }).toThrow(message);
  });
});
