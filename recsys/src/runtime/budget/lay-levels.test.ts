import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { NOTHING, type Tile } from '../../kernels/budget/problem.js';
import { sampleOf } from '../../kernels/budget/tiles/sample-people.js';
import { Control } from '../control.js';
import { columnsOf, type GivenBudget } from '../testing/budget-client.js';
import { readCreateBudget } from './create-budget.js';
import { layLevels, type Level, SAMPLE_SEED, sampleShares, withSamplesInMemory } from './lay-levels.js';
import { readProblem } from './read-problem.js';
import { FileStore, MemoryStore } from './tile-store.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-lay-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CHANNELS = 3;
const NO_CAP = 65_535;

/** People with any number of candidates, in blocks of a few, with samples of a few. */
const laid = fc
  .record({
    lists: fc.array(fc.array(fc.tuple(fc.nat(4), fc.integer({ min: -4, max: 9 })), { maxLength: 6 }), {
      maxLength: 30
    }),
    isDense: fc.boolean(),
    caps: fc.constantFrom<number | 'each' | null>(2, 'each', null),
    channelCap: fc.constantFrom<number | 'each' | null>(1, 'each', null)
  })
  .map(({ lists, isDense, caps, channelCap }): GivenBudget => {
    const own = (list: readonly (readonly [number, number])[]) =>
      list.map(([option, value]) => ({ option, value: value < -2 ? -Infinity : value }));
    const all = (person: number) => Array.from({ length: 5 }, (_, option) => ({ option, value: person * 5 + option }));
    const people = isDense ? lists.map((_, person) => all(person)) : lists.map(own);
    const each = people.map((_, person) => (person % 5 === 4 ? NO_CAP : person % 3));
    return {
      people,
      isDense,
      options: Array.from({ length: 5 }, (_, option) => ({ channel: option % CHANNELS, counts: new Map([[0, 1]]) })),
      limits: [{ cap: 3 }],
      ...(caps === null ? {} : { personCap: caps === 'each' ? each : caps }),
      channels: Array.from({ length: CHANNELS }, (_, channel) => ({
        cap: channel === 0 && channelCap === 'each' ? each : channelCap === 'each' ? null : channelCap,
        counted: channel < 2
      }))
    };
  });

async function layGiven(
  given: GivenBudget,
  place: 'memory' | 'disk',
  onLaid: (candidates: number) => void = () => undefined
): Promise<readonly Level[]> {
  const { params, columns } = columnsOf(given);
  for (const [name, column] of Object.entries(columns)) await writeFile(join(folder, name), column);
  const create = readCreateBudget(params);
  const levels = await layLevels({
    folder,
    create,
    problem: await readProblem(folder, create),
    isResident: place === 'memory',
    makeStore: level => (place === 'memory' ? new MemoryStore() : new FileStore(join(folder, `level-${level}`))),
    control: new Control(undefined, () => 0),
    onLaid,
    blocks: { people: 7, candidates: 11 },
    samples: { first: 3, fewestPeople: 1 }
  });
  return place === 'memory' ? levels : withSamplesInMemory(levels);
}

type Cell = readonly [candidate: number, option: number, value: number, caps: string];

/** Of each candidate that is there, its option, value and caps, as the tile has them. */
function cellsOf(tile: Tile): Cell[] {
  const { people, value } = tile;
  const channelOf = tile.widths.flatMap((of, channel) => Array.from({ length: of }, () => channel));
  const cells = Array.from(value, (own, cell): Cell => {
    const [column, person] = [Math.floor(cell / people), cell % people];
    const caps = [tile.personCap, tile.channelCaps[channelOf[column] as number] as Float32Array];
    return [...whichOf(tile, cell), own, caps.map(each => each[each.length === 1 ? 0 : person]).join()];
  });
  return cells.filter(([, , own]) => own > NOTHING);
}

function whichOf({ people, first, candidate, option }: Tile, cell: number): [candidate: number, option: number] {
  const [column, person] = [Math.floor(cell / people), cell % people];
  if (first.length === 0) return [candidate[cell] as number, option[cell] as number];
  return [(first[person] as number) + (candidate[column] as number), option[column] as number];
}

function allCells({ store }: Level): Cell[] {
  const cells = Array.from({ length: store.count }, (_, index) => cellsOf(store.tile(index))).flat();
  return cells.sort(([a], [b]) => a - b);
}

describe('layLevels', () => {
  test.each(['memory', 'disk'] as const)('puts each candidate into one cell, block after block: %s', async place => {
    await fc.assert(
      fc.asyncProperty(laid, async given => {
        const levels = await layGiven(given, place);
        const everybody = levels.at(-1) as Level;
        const cells = allCells(everybody);
        const want = given.people
          .flat()
          .flatMap(({ option, value }, candidate) => (value === -Infinity ? [] : [[candidate, option, value]]));
        expect(cells.map(([candidate, option, value]) => [candidate, option, value])).toEqual(want);
        expect(everybody).toMatchObject({ share: 1, people: given.people.length });
        for (const { store } of levels) store.close();
      }),
      { numRuns: 60 }
    );
  });

  test('samples people with all that they have, whichever block they come in', async () => {
    await fc.assert(
      fc.asyncProperty(laid, async given => {
        const levels = await layGiven(given, 'memory');
        const count = given.people.length;
        for (const [index, level] of levels.slice(0, -1).entries()) {
          const share = (3 * 8 ** index) / given.people.flat().length;
          const people = [...sampleOf(count, share, SAMPLE_SEED)];
          const want = people.flatMap(person => given.people[person] ?? []).filter(({ value }) => value !== -Infinity);
          expect(allCells(level).map(([, option, value]) => ({ option, value }))).toEqual(want);
          expect(level).toMatchObject({ people: people.length, share: people.length / count });
        }
      }),
      { numRuns: 60 }
    );
  });

  test('gives each person its own caps, whichever block it comes in', async () => {
    // Symptom: people of the second block have the caps of those of the first.
    const people = Array.from({ length: 23 }, () => [0, 1, 2].map(option => ({ option, value: 1 })));
    const given: GivenBudget = {
      people,
      options: [0, 1, 2].map(() => ({ counts: new Map([[0, 1]]) })),
      limits: [{ cap: 3 }],
      personCap: people.map((_, person) => person % 4)
    };
    const heard: number[] = [];
    const cells = allCells((await layGiven(given, 'memory', candidates => heard.push(candidates))).at(-1) as Level);
    expect(heard).toEqual([9, 18, 27, 36, 45, 54, 63, 69]);
    for (const [candidate, , , own] of cells) expect(own).toBe(`${Math.floor(candidate / 3) % 4},3`);
  });

  test('refuses where people begin elsewhere than the ones before have ended', async () => {
    // Symptom: a client that writes meanwhile gives one candidate to two people.
    const people = Array.from({ length: 12 }, () => [0, 1, 2].map(option => ({ option, value: 1 })));
    const given: GivenBudget = { people, options: [0, 1, 2].map(() => ({ counts: new Map() })), limits: [] };
    const starts = Uint32Array.from({ length: 13 }, (_, person) => (person === 12 ? 36 : Math.max(0, person * 3 - 2)));
    const call = layGiven(given, 'memory', () => writeFileSync(join(folder, 'start'), starts));
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field: 'start', message: /has changed/ });
  });
});

describe('sampleShares', () => {
  const size = (people: number, candidates: number) => ({
    ...readCreateBudget({ people: 1, candidates: 1, options: 1, limits: 0, incidences: 0 }),
    people,
    candidates
  });
  test('grow eightfold up to a sixth of all', () => {
    expect(sampleShares(size(1e7, 1e8), Infinity).map(share => share * 1e8)).toEqual([2 ** 17, 2 ** 20, 2 ** 23]);
    expect(sampleShares(size(1e7, 1e8), 2 ** 20)).toHaveLength(2);
  });
  test('are not there for what is small, nor where they would have too few people', () => {
    expect(sampleShares(size(50_000, 500_000), Infinity)).toEqual([]);
    expect(sampleShares(size(100, 1e8), Infinity)).toEqual([]);
    expect(sampleShares(size(0, 0), Infinity)).toEqual([]);
  });
});
