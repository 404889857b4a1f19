import fc from 'fast-check';
import { sharedRoom } from './section-room.js';

test.each([
  ['all see their contents', [200, 200, 400], [150, 200, 100], null],
  ['compute is cut while runs have room to spare', [180, 180, 360], [300, 120, 60], [300, 160, 260]],
  ['a long list gets an equal part, not everything', [200, 200, 200], [100, 900, 100], [100, 400, 100]],
  ['two long lists share what the short one leaves', [100, 400, 100], [100, 900, 900], [100, 250, 250]],
  ['a closed section gets nothing', [0, 100, 300], [500, 300, 50], [0, 300, 100]],
  ['nothing is open', [0, 0], [10, 10], null]
])('%s', (_, has, wants, expected) => {
  const shared = sharedRoom(has.map((it, at) => ({ has: it, wants: wants[at]! })));
  if (expected === null) expect(shared).toBeNull();
  else expect(shared!.map(Math.round)).toEqual(expected);
});

test('the sum stays, closed ones stay closed, and a second look changes nothing: the panel does not flicker', () => {
  const section = fc.record({ has: fc.integer({ min: 0, max: 1000 }), wants: fc.integer({ min: 0, max: 2000 }) });
  fc.assert(
    fc.property(fc.array(section, { minLength: 1, maxLength: 5 }), sections => {
      const shared = sharedRoom(sections);
      if (shared === null) return;
      const total = sections.reduce((sum, { has }) => sum + has, 0);
      expect(shared.reduce((sum, it) => sum + it, 0)).toBeCloseTo(total, 6);
      sections.forEach(({ has }, at) => expect(shared[at]! > 0 || has === 0 || shared[at] === 0).toBe(true));
      sections.forEach(({ has }, at) => has === 0 && expect(shared[at]).toBe(0));
      expect(sharedRoom(shared.map((has, at) => ({ has, wants: sections[at]!.wants })))).toBeNull();
    })
  );
});
