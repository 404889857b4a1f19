import fc from 'fast-check';
import { fillTile } from './fill-tile.js';
import { planTiles } from './plan-tiles.js';
import { NOTHING } from '../problem.js';
import type { Candidates, Problem, Tile } from '../problem.js';
import { keepsPersonCaps, optionsOf, tinyProblem } from '../testing/tiny-problem.js';
import type { TinyProblem } from '../testing/tiny-problem.js';
import { candidateAt, columnsOf, optionAt, ownOf } from './tile-columns.js';

const PROBLEM = tinyProblem({ people: 6, options: 5, limits: 1 }, false);

function laid({ problem, candidates }: TinyProblem, people?: Uint32Array): Tile[] {
  const plan = planTiles(problem, candidates, people);
  return plan.tiles.map((_, index) => fillTile(plan, index, problem, candidates));
}

/** Each cell that is not empty, with whom it belongs to. */
function cellsOf(
  tiny: TinyProblem,
  tile: Tile
): { candidate: number; option: number; value: number; person: number }[] {
  const columns = columnsOf(tile, tiny.problem);
  const cells = [];
  for (let column = 0; column < columns.width; column += 1) {
    for (let person = 0; person < tile.people; person += 1) {
      const value = tile.value[column * tile.people + person] as number;
      if (value <= NOTHING) continue;
      cells.push({
        candidate: candidateAt(columns, column, person),
        option: optionAt(columns, column, person),
        value,
        person
      });
    }
  }
  return cells;
}

const ownerOf = ({ start }: Candidates, candidate: number): number => start.findLastIndex(from => from <= candidate);

describe('tiles of any problem', () => {
  test('hold each candidate once, with its option and value, but for those excluded', () => {
    fc.assert(
      fc.property(PROBLEM, tiny => {
        const { value } = tiny.candidates;
        const options = optionsOf(tiny);
        const cells = laid(tiny).flatMap(tile => cellsOf(tiny, tile));
        const want = [...value.keys()].filter(at => value[at] !== -Infinity);
        expect(cells.map(({ candidate }) => candidate).sort((a, b) => a - b)).toEqual(want);
        for (const { candidate, option, value: own } of cells) {
          expect(option).toBe(options[candidate]);
          expect(own).toBe(value[candidate]);
        }
      }),
      { numRuns: 300 }
    );
  });

  test('keep a person together', () => {
    fc.assert(
      fc.property(PROBLEM, tiny => {
        const place = new Map<number, string>();
        for (const [index, tile] of laid(tiny).entries()) {
          for (const { candidate, person } of cellsOf(tiny, tile)) {
            const owner = ownerOf(tiny.candidates, candidate);
            expect(place.get(owner) ?? `${index} ${person}`).toBe(`${index} ${person}`);
            place.set(owner, `${index} ${person}`);
          }
        }
      })
    );
  });

  test('allow just what the caps allow', () => {
    fc.assert(
      fc.property(PROBLEM, tiny => {
        for (const tile of laid(tiny)) {
          const cells = cellsOf(tiny, tile);
          for (let person = 0; person < tile.people; person += 1) {
            const own = cells.filter(cell => cell.person === person).map(({ candidate }) => candidate);
            for (let choice = 0; choice < 2 ** own.length; choice += 1) {
              const chosen = own.filter((_, at) => ((choice >>> at) & 1) === 1);
              const send = Array.from(tiny.candidates.value, (_, at) => chosen.includes(at));
              expect(isAllowed(tiny.problem, tile, person, chosen)).toBe(keepsPersonCaps(tiny, send));
            }
          }
        }
      }),
      { numRuns: 60 }
    );
  });

  test('name no cap that is more than the columns it speaks of', () => {
    fc.assert(
      fc.property(PROBLEM, tiny => {
        for (const tile of laid(tiny)) {
          const { blocks, countedBlocks } = columnsOf(tile, tiny.problem);
          const counted = blocks.slice(0, countedBlocks).reduce((sum, { from, to }) => sum + to - from, 0);
          for (const cap of tile.personCap) expect(cap).toBeLessThanOrEqual(counted);
          for (const { from, to, caps } of blocks) for (const cap of caps) expect(cap).toBeLessThanOrEqual(to - from);
        }
      })
    );
  });

  test('are laid for a sample as for everybody', () => {
    fc.assert(
      fc.property(PROBLEM, fc.subarray([0, 1, 2, 3, 4, 5]), (tiny, people) => {
        const { start, value } = tiny.candidates;
        const cells = laid(tiny, Uint32Array.from(people)).flatMap(tile => cellsOf(tiny, tile));
        const want = people.flatMap(person =>
          Array.from({ length: start[person + 1]! - start[person]! }, (_, at) => start[person]! + at)
        );
        expect(cells.map(({ candidate }) => candidate).sort((a, b) => a - b)).toEqual(
          want.filter(at => value[at] !== -Infinity)
        );
      })
    );
  });
});

/** By the tile alone. */
function isAllowed(problem: Problem, tile: Tile, person: number, chosen: readonly number[]): boolean {
  const columns = columnsOf(tile, problem);
  const counts = columns.blocks.map(({ from, to }) => {
    let count = 0;
    for (let column = from; column < to; column += 1) {
      const isCell = tile.value[column * tile.people + person]! > NOTHING;
      if (isCell && chosen.includes(candidateAt(columns, column, person))) count += 1;
    }
    return count;
  });
  const counted = counts.slice(0, columns.countedBlocks).reduce((sum, own) => sum + own, 0);
  const isWithin = counts.every((own, block) => own <= ownOf(columns.blocks[block]!.caps, person));
  return isWithin && (columns.countedBlocks === 0 || counted <= ownOf(tile.personCap, person));
}

/** P people of so many candidates each, no caps but the person's, one channel. */
function plain(widths: readonly number[], optionOf: (person: number, at: number) => number): TinyProblem {
  let sum = 0;
  const start = Uint32Array.from([0, ...widths.map(width => (sum += width))]);
  const option = widths.flatMap((width, person) => Array.from({ length: width }, (_, at) => optionOf(person, at)));
  const options = option.reduce((most, own) => Math.max(most, own), 0) + 1;
  return {
    problem: {
      limits: { cap: new Float64Array(0), floor: new Float64Array(0) },
      options: {
        start: new Uint32Array(options + 1),
        limit: new Uint32Array(0),
        weight: new Float64Array(0),
        channel: new Uint16Array(options)
      },
      caps: { person: 1, channels: [{ cap: Infinity, isCounted: true }] }
    },
    candidates: { start, option: Int32Array.from(option), value: new Float32Array(sum).fill(1) }
  };
}

describe('a tile', () => {
  test('keeps options once where everybody has the same, though nobody said so', () => {
    const [tile] = laid(plain([3, 3, 3], (_, at) => 5 - at));
    expect(tile?.option).toEqual(Int32Array.of(5, 4, 3));
    expect(tile?.first).toEqual(Uint32Array.of(0, 3, 6));
  });

  test('keeps them for each where one differs, in the last of its candidates', () => {
    const [tile] = laid(plain([3, 3, 3], (person, at) => (person === 2 && at === 2 ? 9 : at)));
    expect(tile?.first).toHaveLength(0);
    expect(tile?.option).toEqual(Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 9));
  });

  test('is as wide as its people where few widths are there, so that no cell is wasted', () => {
    const plan = planTiles(...pair(plain([5, 7, 5, 0, 7], (_, at) => at)));
    expect(plan.tiles.map(({ widths, people }) => [widths, [...people]])).toEqual([
      [[5], [0, 2]],
      [[7], [1, 4]]
    ]);
    expect(plan.people).toBe(5);
    expect(plan.cells).toBe(24);
  });

  test('has one of few shapes where many are, and wastes little', () => {
    const widths = Array.from({ length: 200 }, (_, at) => at + 1);
    const plan = planTiles(...pair(plain(widths, (_, at) => at)));
    expect(new Set(plan.tiles.map(tile => tile.widths.join())).size).toBe(32);
    expect(plan.cells).toBeLessThan(1.1 * widths.reduce((sum, width) => sum + width, 0));
  });

  test('holds but few people who have a hundred thousand candidates each', () => {
    const widths = [2, 100_000, ...new Array<number>(20).fill(99_000)];
    const plan = planTiles(...pair(plain(widths, (_, at) => at)));
    const wide = plan.tiles.filter(tile => (tile.widths[0] as number) > 50_000);
    for (const { people } of wide) expect(people.length).toBeLessThanOrEqual(5);
    expect(wide.reduce((sum, { people }) => sum + people.length, 0)).toBe(21);
  });

  test('that is not there is refused', () => {
    const { problem, candidates } = plain([1], () => 0);
    expect(() => fillTile(planTiles(problem, candidates), 1, problem, candidates)).toThrow('want one of the 1');
  });
});

const pair = ({ problem, candidates }: TinyProblem): [Problem, Candidates] => [problem, candidates];

test('many channels of many widths come to few shapes', () => {
  const channels = 9;
  const people = 3000;
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const option = Array.from({ length: people }, () =>
    Array.from({ length: channels }, (_, channel) =>
      Array.from({ length: Math.floor(4 * random()) }, () => channel)
    ).flat()
  );
  const tiny = plain(
    option.map(own => own.length),
    (person, at) => option[person]![at]!
  );
  tiny.problem.options.channel.set(Array.from({ length: channels }, (_, channel) => channel));
  const caps = { person: Infinity, channels: Array.from({ length: channels }, () => ({ cap: 1, isCounted: true })) };
  const plan = planTiles({ ...tiny.problem, caps }, tiny.candidates);
  expect(new Set(plan.tiles.map(tile => tile.widths.join())).size).toBeLessThanOrEqual(32);
});
