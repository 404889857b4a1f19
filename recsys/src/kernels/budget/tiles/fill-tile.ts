/** Lays the candidates of a planned tile column by column. */
import { isShared } from '../certify/person-columns.js';
import type { PersonColumns } from '../certify/person-columns.js';
import { widthOf } from './plan-tiles.js';
import type { PlannedTile, TilePlan } from './plan-tiles.js';
import { NOTHING } from '../problem.js';
import type { Candidates, Problem, Tile } from '../problem.js';

/**
 * One tile of a plan, newly made.
 *
 * Edges    where everybody has the same options in the same columns, and none is empty, they are kept once.
 * Cost     O(cells) time; 4 bytes of memory a cell where options are shared, else 12.
 */
export function fillTile(plan: TilePlan, index: number, problem: Problem, candidates: Candidates): Tile {
  const planned = plan.tiles[index];
  if (planned === undefined) throw new RangeError(`tile ${index}: want one of the ${plan.tiles.length}`);
  const { columns } = plan;
  const caps = fillCaps(planned, columns, problem);
  const cells = hasSharedOptions(planned, candidates)
    ? fillShared(planned, columns, candidates)
    : fillRagged(planned, columns, candidates);
  return { people: planned.people.length, widths: planned.widths, ...cells, ...caps };
}

type Cells = Pick<Tile, 'value' | 'option' | 'candidate' | 'first'>;
type Caps = Pick<Tile, 'personCap' | 'channelCaps'>;

/** Stops at the first person who differs, so that candidates of many shapes cost nothing. */
function hasSharedOptions(planned: PlannedTile, { start, option, value }: Candidates): boolean {
  const width = widthOf(planned);
  if (option.length < value.length) return width === option.length;
  const first = start[planned.people[0] as number] as number;
  for (const person of planned.people) {
    const from = start[person] as number;
    if ((start[person + 1] as number) - from !== width) return false;
    for (let at = 0; at < width; at += 1) if (option[from + at] !== option[first + at]) return false;
  }
  return true;
}

function fillShared(planned: PlannedTile, columns: PersonColumns, candidates: Candidates): Cells {
  const { people } = planned;
  const width = widthOf(planned);
  const sample = people[0] as number;
  const candidate = new Uint32Array(width);
  const option = new Int32Array(width);
  const from = isShared(candidates) ? 0 : (candidates.start[sample] as number);
  const next = firstColumns(planned.widths);
  for (let at = 0; at < width; at += 1) {
    const own = candidates.option[from + at] as number;
    const home = columns.home[own] as number;
    const column = next[home] as number;
    next[home] = column + 1;
    candidate[column] = at;
    option[column] = own;
  }
  const first = new Uint32Array(people.length);
  for (let at = 0; at < people.length; at += 1) first[at] = candidates.start[people[at] as number] as number;
  const value = new Float32Array(width * people.length);
  for (let column = 0; column < width; column += 1) {
    fillColumn(
      value.subarray(column * people.length, (column + 1) * people.length),
      candidates.value,
      first,
      candidate[column] as number
    );
  }
  return { value, option, candidate, first };
}

function fillColumn(column: Float32Array, value: Float32Array, first: Uint32Array, offset: number): void {
  for (let at = 0; at < column.length; at += 1) {
    const own = value[(first[at] as number) + offset] as number;
    column[at] = own > NOTHING ? own : NOTHING;
  }
}

/** Some people at a time: first where each candidate goes, then column after column, so that both are written as they lie. */
function fillRagged(planned: PlannedTile, columns: PersonColumns, candidates: Candidates): Cells {
  const { people } = planned;
  const width = widthOf(planned);
  const cells = width * people.length;
  const filled = {
    value: new Float32Array(cells),
    option: new Int32Array(cells),
    candidate: new Uint32Array(cells),
    first: new Uint32Array(0)
  };
  const starts = firstColumns(planned.widths);
  const atOnce = Math.max(1, Math.floor(CELLS_AT_ONCE / width));
  const slots = new Uint32Array(Math.min(atOnce, people.length) * width);
  for (let from = 0; from < people.length; from += atOnce) {
    const some = people.subarray(from, from + atOnce);
    slots.fill(EMPTY);
    for (let at = 0; at < some.length; at += 1) {
      fillSlots(slots, at * width, some[at] as number, starts, columns, candidates);
    }
    for (let column = 0; column < width; column += 1) {
      moveColumn(slots, column, width, some.length, column * people.length + from, candidates, filled);
    }
  }
  return filled;
}

const CELLS_AT_ONCE = 2 ** 14;
const EMPTY = 0xffff_ffff;

/** Which candidate of a person goes into each column, from a place of `slots` on. */
function fillSlots(
  slots: Uint32Array,
  first: number,
  person: number,
  starts: Uint32Array,
  columns: PersonColumns,
  { start, option }: Candidates
): void {
  const from = start[person] as number;
  const to = start[person + 1] as number;
  if (columns.isOneBlock) {
    for (let at = from; at < to; at += 1) slots[first + at - from] = at;
    return;
  }
  const next = columns.nextColumns(starts);
  for (let at = from; at < to; at += 1) {
    const home = columns.home[option[at] as number] as number;
    const column = next[home] as number;
    slots[first + column] = at;
    next[home] = column + 1;
  }
}

function moveColumn(
  slots: Uint32Array,
  column: number,
  width: number,
  people: number,
  to: number,
  candidates: Candidates,
  { value, option, candidate }: Cells
): void {
  for (let person = 0, slot = column; person < people; person += 1, slot += width) {
    const at = slots[slot] as number;
    const cell = to + person;
    if (at === EMPTY) {
      value[cell] = NOTHING;
      continue;
    }
    const own = candidates.value[at] as number;
    value[cell] = own > NOTHING ? own : NOTHING;
    option[cell] = candidates.option[at] as number;
    candidate[cell] = at;
  }
}

function firstColumns(widths: readonly number[]): Uint32Array {
  const starts = new Uint32Array(widths.length);
  for (let channel = 1; channel < widths.length; channel += 1) {
    starts[channel] = (starts[channel - 1] as number) + (widths[channel - 1] as number);
  }
  return starts;
}

function fillCaps(planned: PlannedTile, columns: PersonColumns, problem: Problem): Caps {
  const { people, widths } = planned;
  const count = columns.hasSameCaps ? 1 : people.length;
  const personCap = new Float32Array(count);
  const channelCaps = widths.map(() => new Float32Array(count));
  const counted = countedColumns(widths, problem);
  for (let at = 0; at < count; at += 1) {
    const person = people[at] as number;
    personCap[at] = Math.min(counted, columns.personCapOf(person));
    for (const [channel, caps] of channelCaps.entries()) {
      caps[at] = Math.min(widths[channel] as number, columns.channelCapOf(channel, person));
    }
  }
  return { personCap: once(personCap), channelCaps: channelCaps.map(once) };
}

/** How many columns count against the person's cap. */
function countedColumns(widths: readonly number[], { caps }: Problem): number {
  return widths.reduce((sum, width, channel) => sum + (caps.channels[channel]?.isCounted === false ? 0 : width), 0);
}

/** A list of one where all are the same. */
function once(list: Float32Array): Float32Array {
  return list.every(own => own === list[0]) ? list.slice(0, 1) : list;
}
