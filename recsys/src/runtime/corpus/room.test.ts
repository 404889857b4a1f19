import { randomFrom } from '../../kernels/testing/nasty-vectors.js';
import { Room } from './room.js';
import { Scope } from './scope.js';

test('there is room for as many rows as plain counting finds, whatever is excluded', () => {
  const random = randomFrom(1);
  for (let round = 0; round < 300; round += 1) {
    const rows = 1 + Math.floor(random() * 30);
    const codes = Int32Array.from({ length: rows }, () => Math.floor(random() * 6) - 1);
    const keep = Uint8Array.from({ length: rows }, () => Number(random() < 0.7));
    const excluded = Int32Array.from(codes.keys()).filter(() => random() < 0.3);
    const atMost = 1 + Math.floor(random() * 4);
    const room = new Room(new Scope({ rows, keep }), { kind: 'at-most', atMost, codes });
    for (const without of [undefined, excluded]) {
      const left = [...codes.keys()].filter(row => keep[row] === 1 && without?.includes(row) !== true);
      const ofCode = (code: number): number => left.filter(row => codes[row] === code).length;
      const want = [0, 1, 2, 3, 4].reduce((sum, code) => sum + Math.min(atMost, ofCode(code)), ofCode(-1));
      expect(room.mostFor(without)).toBe(want);
    }
  }
});
