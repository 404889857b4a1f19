/** What the real runtime refuses of a budget: all that is wrong, with the field; and whatever it was, the budget works afterwards. */
import { existsSync } from 'node:fs';
import {
  campaignBudget,
  columnsOf,
  createBudget,
  fillFiles,
  makeBudget,
  readPlan,
  solveBudget
} from './testing/budget-client.js';
import type { RuntimeClient } from './testing/runtime-client.js';
import { RuntimeProcess, until } from './testing/runtime-process.js';

const GIVEN = campaignBudget(200, 5);
const { params: PARAMS, columns: COLUMNS } = columnsOf(GIVEN);

let runtime: RuntimeProcess;
let client: RuntimeClient;
let budget = '';
beforeAll(async () => {
  runtime = await RuntimeProcess.start();
  client = await runtime.connect();
  budget = await makeBudget(client, GIVEN);
});
afterAll(() => runtime.end());
afterEach(async () => {
  const { send } = await solveBudget(client, budget, { gap: 1 });
  expect(readPlan(GIVEN, send).broken).toEqual([]);
});

const said = (message: RegExp): unknown => expect.stringMatching(message);

describe('a budget', () => {
  test.each<[string, object, string, RegExp]>([
    ['of half a person', { people: 1.5 }, 'people', /people want an integer from 0 to 2147483647/],
    ['of less than nobody', { people: -1 }, 'people', /want an integer from 0/],
    ['of more candidates than an answer could hold', { candidates: 2 ** 40 }, 'candidates', /to 480000000/],
    ['of a number that is none', { options: '8' }, 'options', /want an integer/],
    ['of more limits than an answer could hold', { limits: 10 ** 6 }, 'limits', /to 150000/],
    ['with a cap below 0', { personCap: -1 }, 'personCap', /from 0 to 65534, null or "column"/],
    ['with channels that are none', { channels: 7 }, 'channels', /channels/],
    ['with a channel’s cap of a half', { channels: [{ cap: 0.5 }] }, 'channels[0].cap', /null or "column"/],
    ['with another size than a dense one has', { isDense: true }, 'candidates', /want people × options = 1600/],
    ['with candidates and no options', { options: 0, incidences: 0 }, 'options', /is 0: want some/],
    ['with more incidences than can be', { incidences: 8 * 5 + 1 }, 'incidences', /at most limits × options = 40/],
    ['on a device that nobody knows', { device: 'tpu' }, 'device', /auto, cpu or cuda/],
    ['with something nobody knows', { shards: 3 }, '', /shards/],
    ['with all of that', { people: -1, limits: 0.5, shards: 3 }, 'people', /people want.*; limits want.*; .*shards/s]
  ])('%s is not made', async (_name, wrong, field, message) => {
    const before = await runtime.dataFolders();
    const call = client.call('budget.create', { ...PARAMS, ...wrong });
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field, message: said(message) });
    expect(await runtime.dataFolders()).toEqual(before);
  });

  test('that needs more memory than there is says both numbers, before anything is made', async () => {
    const before = await runtime.dataFolders();
    const large = { people: 2 ** 31 - 1, candidates: 480_000_000, personCap: 'column', channels: Array.from({ length: 256 }, () => ({ cap: 'column' })) }; // prettier-ignore
    await expect(client.call('budget.create', { ...PARAMS, ...large })).rejects.toMatchObject({
      code: 'memory-exceeded',
      message: said(/needs .* GiB: there are .* GiB/)
    });
    expect(await runtime.dataFolders()).toEqual(before);
  });

  // What a driver makes of it is asked where there is one (python/tests/test_cuda.py).
  (existsSync('/dev/nvidiactl') ? test.skip : test)(
    'on a GPU that is not there is not made, and says why',
    async () => {
      const before = await runtime.dataFolders();
      await expect(client.call('budget.create', { ...PARAMS, device: 'cuda' })).rejects.toMatchObject({
        code: 'invalid-input',
        field: 'device',
        message: said(/no cuda here/)
      });
      await until('nothing is left of it', async () => (await runtime.dataFolders()).length === before.length);
    }
  );

  test('of another client is not there for anybody else, nor is it a corpus', async () => {
    const other = await runtime.connect();
    await expect(other.call('budget.solve', { budget, gap: 1 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(other.call('budget.close', { budget })).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.call('corpus.info', { corpus: budget })).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.call('budget.explode', { budget })).rejects.toMatchObject({ code: 'not-found' });
    other.close();
  });

  test('is sealed once, and solved only then', async () => {
    const { budget: open } = await createBudget(client, GIVEN);
    await expect(client.call('budget.solve', { budget: open, gap: 1 })).rejects.toMatchObject({ code: 'conflict' });
    await client.call('budget.seal', { budget: open });
    await expect(client.call('budget.seal', { budget: open })).rejects.toMatchObject({ code: 'conflict' });
    expect((await solveBudget(client, open, { gap: 1 })).status).toBe('certified');
  });

  test('that is closed leaves no process and no files', async () => {
    const before = [await runtime.children(), await runtime.dataFolders()];
    const closed = await makeBudget(client, GIVEN);
    await client.call('budget.close', { budget: closed });
    await expect(client.call('budget.solve', { budget: closed })).rejects.toMatchObject({ code: 'not-found' });
    expect(await runtime.dataFolders()).toEqual(before[1]);
    await until('its process has ended', async () => (await runtime.children()).length === before[0]?.length);
  });
});

type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array;
/** A column of `GIVEN` with some numbers changed. */
const changed = (name: string, changes: Readonly<Record<number, number>>) => {
  const values = (COLUMNS[name] as Numbers).slice();
  for (const [at, value] of Object.entries(changes)) values[Number(at)] = value;
  return { [name]: values };
};

describe('columns', () => {
  const last = GIVEN.people.length;
  test.each<[string, Record<string, NodeJS.ArrayBufferView>, string, RegExp]>([
    [
      'with NaN among the values',
      changed('value', { 3: NaN }),
      'value[3]',
      /is NaN: want a finite number, or -Infinity/
    ],
    ['with Infinity among the values', changed('value', { 0: Infinity }), 'value[0]', /is Infinity/],
    [
      'with several values that are none',
      changed('value', { 3: NaN, 5: NaN, 700: Infinity }),
      'value[3]',
      /value\[3\] is NaN.*value\[5\].*value\[700\] is Infinity/s
    ],
    ['with an option that is not there', changed('option', { 2: 8 }), 'option[2]', /is 8: want an option from 0 to 7/],
    ['with an option below all', changed('option', { 2: -1 }), 'option[2]', /is -1/],
    ['with people who end before they begin', changed('start', { 2: 0 }), 'start', /start\[2\] is 0: want at least/],
    ['that begin behind 0', changed('start', { 0: 1 }), 'start', /start\[0\] is 1: want 0/],
    [
      'with more candidates than there are',
      changed('start', { [last]: 2 ** 32 - 1 }),
      'start',
      /want .* candidates in all/
    ],
    ['with an unknown limit', changed('optionLimit', { 1: 5 }), 'optionLimit[1]', /is 5: want a limit, less than 5/],
    ['with a limit twice', changed('optionLimit', { 1: 0 }), 'optionLimit[1]', /each limit of an option once/],
    ['with a weight of 0', changed('optionWeight', { 0: 0 }), 'optionWeight[0]', /is 0: want a finite number above 0/],
    ['with a weight below 0', changed('optionWeight', { 0: -1 }), 'optionWeight[0]', /is -1/],
    [
      'with a weight whose sums overflow',
      changed('optionWeight', { 0: 1e300 }),
      'optionWeight[0]',
      /from 1e-100 to 1e\+100/
    ],
    ['with an infinite weight', changed('optionWeight', { 0: Infinity }), 'optionWeight[0]', /is Infinity/],
    ['with options that end before they begin', changed('optionStart', { 1: 9 }), 'optionStart', /does not rise/],
    ['with an unknown channel', changed('optionChannel', { 4: 2 }), 'optionChannel[4]', /a channel from 0 to 1/],
    ['with a cap below 0', changed('cap', { 0: -1 }), 'cap[0]', /is -1: want a number from 0 on/],
    ['with NaN for a cap', changed('cap', { 0: NaN }), 'cap[0]', /is NaN/],
    ['with a floor above its cap', changed('floor', { 1: 1e9 }), 'floor[1]', /is 1000000000: want at most the cap, 50/],
    ['with an infinite floor', changed('floor', { 1: Infinity }), 'floor[1]', /want a finite number/],
    [
      'with a cap, a weight and a channel that are wrong',
      { ...changed('cap', { 0: -1 }), ...changed('optionWeight', { 0: 0 }), ...changed('optionChannel', { 4: 2 }) },
      'cap[0]',
      /cap\[0\].*optionChannel\[4\].*optionWeight\[0\]/s
    ]
  ])('%s are not sealed, and can be filled again', async (_name, columns, field, message) => {
    const made = await createBudget(client, GIVEN, { columns });
    const call = client.call('budget.seal', { budget: made.budget });
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field, message: said(message) });
    await fillFiles(made.files, COLUMNS);
    await client.call('budget.seal', { budget: made.budget });
    await client.call('budget.close', { budget: made.budget });
  });
});

describe('a solve', () => {
  const limits = (value: number, changes: Readonly<Record<number, number>> = {}): Float64Array =>
    Float64Array.from(GIVEN.limits, (_, limit) => changes[limit] ?? value);
  test.each<[string, object, object, string, RegExp]>([
    ['to a gap below 0', { gap: -1 }, {}, 'gap', /want a number from 0 to 1/],
    ['to no gap', { gap: null }, {}, 'gap', /want a number/],
    ['of no passes', { maxPasses: 0 }, {}, 'maxPasses', /want an integer from 1/],
    ['by a seed that is none', { seed: 0.5 }, {}, 'seed', /want an integer from 0/],
    ['by a time before it began', { bestByMs: -1 }, {}, 'bestByMs', /want a number from 0/],
    ['with a parameter nobody knows', { effort: 3 }, {}, '', /effort/],
    ['with prices that are none', {}, { prices: limits(0, { 3: NaN }) }, 'prices[3]', /is NaN: want a finite number/],
    [
      'with prices of other limits',
      {},
      { prices: new Float64Array(4) },
      'prices',
      /shape \[4\]: want Float64Array of shape \[5\]/
    ],
    ['with caps of another kind', {}, { cap: new Float32Array(5) }, 'cap', /Float32Array/],
    ['with a cap below 0', {}, { cap: limits(9, { 1: -2 }) }, 'cap[1]', /is -2/],
    ['with floors above the caps', {}, { floor: limits(0, { 4: 1000 }) }, 'floor[4]', /at most the cap, 50/],
    [
      'with all of that',
      { gap: 2, maxPasses: 0 },
      { cap: limits(9, { 1: -2 }) },
      'gap',
      /gap want.*maxPasses want.*cap\[1\]/s
    ]
  ])('%s is refused', async (_name, params, arrays, field, message) => {
    const call = solveBudget(client, budget, params, arrays);
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field, message: said(message) });
  });
});
