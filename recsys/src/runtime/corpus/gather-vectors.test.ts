import { gatherVectors, placesWithin } from './gather-vectors.js';

test('places of rows in a range keep the order of the list, and neither end is one too far', () => {
  const rows = Int32Array.of(9, 4, 3, 8, 4, 10);
  expect([...placesWithin(rows, { firstRow: 4, rows: 5 })]).toEqual([1, 3, 4]);
  expect([...placesWithin(rows, { firstRow: 0, rows: 3 })]).toEqual([]);
});

test('vectors come back in the order of the rows, wherever these lie and however often', async () => {
  const ranges = [
    { firstRow: 0, rows: 3 },
    { firstRow: 3, rows: 4 }
  ];
  const asked: number[][] = [];
  const gather = async (_range: object, some: Int32Array): Promise<Float32Array> => {
    asked.push([...some]);
    return Float32Array.from([...some].flatMap(row => [row, -row]));
  };
  const vectors = await gatherVectors(ranges, Int32Array.of(5, 1, 5, 2), 2, gather);
  expect([...vectors]).toEqual([5, -5, 1, -1, 5, -5, 2, -2]);
  expect(asked).toEqual([
    [1, 2],
    [5, 5]
  ]);
});
