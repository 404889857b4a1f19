/** Finds what could go from limits that are over their caps. */
import { MOST_MOVES, MoveHeaps, NONE } from './move-heaps.js';
import { NOTHING } from '../problem.js';
import type { RepairScan } from './repair-scan.js';
import { EVERYBODY, rangeOf } from './scan-part.js';
import type { PersonRange, ScanPart } from './scan-part.js';
import type { Selection } from './selection.js';
import { candidateAt, columnsOf, optionAt, ownOf } from '../tiles/tile-columns.js';
import type { TileColumns } from '../tiles/tile-columns.js';

/** By option: the limit for whose sake it is to go; NONE where it may stay. */
type DropGroups = Int32Array;

/**
 * For each limit that is over, as many of what counts against it as must go, those that lose least: the margin, less that of the best the
 * person could get instead.
 *
 * `spareNeeded`: nothing goes without which a floor would be short.
 */
export async function findDrops(scan: RepairScan, { spareNeeded, part, share }: DropQuery): Promise<MoveHeaps> {
  const wanted = dropsWanted(scan.selection).map(count => Math.min(scan.cells, Math.ceil(count * share)));
  const heaps = new MoveHeaps(scaledRoom(wanted), scan.seed);
  const query = { groups: dropGroups(scan, spareNeeded), threshold: heaps.threshold, part };
  await eachDrop(scan, query, (group, loss, candidate, option, value) => {
    offerDrop(heaps, group, loss, candidate, option, value);
  });
  return heaps;
}

export function offerDrop(heaps: MoveHeaps, ...[group, loss, candidate, option, value]: Parameters<DropSink>): void {
  const row = heaps.offer(group, loss, candidate);
  if (row === NONE) return;
  heaps.take[row] = candidate;
  heaps.takeOption[row] = option;
  heaps.takeValue[row] = value;
}

/** What is dropped where. */
interface DropQuery {
  readonly spareNeeded: boolean;
  readonly part: ScanPart;
  /** Of those that must go, so many are looked for. */
  readonly share: number;
}

/** Drops, as it comes, what the drops found in a sample would be kept with, as long as its limit is over. */
export async function sweepDrops(scan: RepairScan, spareNeeded: boolean, sample: MoveHeaps): Promise<void> {
  const { selection } = scan;
  const query = { groups: dropGroups(scan, spareNeeded), threshold: sample.threshold, part: EVERYBODY };
  await eachDrop(scan, query, (group, loss, candidate, option, value) => {
    if (!selection.isOver(option) || !sample.isWithin(group, loss, candidate)) return;
    if (!spareNeeded || !selection.isNeeded(option)) selection.remove(candidate, option, value);
  });
}

/** What becomes of something that could go. */
type DropSink = (group: number, loss: number, candidate: number, option: number, value: number) => void;

interface EachQuery {
  readonly groups: DropGroups;
  /** By limit: what loses more is passed over. It may change on the way. */
  readonly threshold: Float64Array;
  readonly part: ScanPart;
}

/** All that is sent of the options that have a group, with what it would lose. */
export async function eachDrop(scan: RepairScan, query: EachQuery, sink: DropSink): Promise<void> {
  const { groups, part } = query;
  const isOpen = Uint8Array.from(groups, (_, option) => Number(scan.selection.fits(option)));
  for (let index = 0; index < scan.tiles.count; index += 1) {
    const tile = scan.tiles.tile(index);
    const search = new DropSearch(scan, columnsOf(tile, scan.problem), query, isOpen, sink);
    search.run(rangeOf(part, tile.people, index));
    await scan.pause((2 * tile.value.length) / part.parts);
  }
}

/** How many of each limit have to go, if they count as little as can be. */
export function dropsWanted({ usage, cap, leastWeight }: Selection): Float64Array {
  return usage.map((used, limit) =>
    used > (cap[limit] as number) ? Math.ceil((used - (cap[limit] as number)) / (leastWeight[limit] as number)) : 0
  );
}

/** As many as wanted, or, where there is no room for all, one each and the others in proportion. */
export function scaledRoom(wanted: Float64Array, most = MOST_MOVES): Uint32Array {
  const sum = wanted.reduce((total, own) => total + own, 0);
  const groups = wanted.reduce((count, own) => count + Number(own > 0), 0);
  const share = Math.max(0, most - groups) / Math.max(1, sum - groups);
  let left = most;
  return Uint32Array.from(wanted, own => {
    const room = Math.min(left, own > 0 && share < 1 ? 1 + Math.floor((own - 1) * share) : own);
    left -= room;
    return room;
  });
}

function dropGroups({ problem, selection }: RepairScan, spareNeeded: boolean): DropGroups {
  const { start, limit } = problem.options;
  const { usage, cap } = selection;
  return Int32Array.from(selection.sent, (_, option) => {
    if (spareNeeded && selection.isNeeded(option)) return NONE;
    let group = NONE;
    let most = 0;
    for (let at = start[option] as number; at < (start[option + 1] as number); at += 1) {
      const k = limit[at] as number;
      const over = ((usage[k] as number) - (cap[k] as number)) / Math.max(1, cap[k] as number);
      if (over > most) [group, most] = [k, over];
    }
    return group;
  });
}

class DropSearch {
  private readonly counts: Int32Array;
  private readonly instead: Float64Array;
  private readonly dropping: Int32Array;

  constructor(
    private readonly scan: RepairScan,
    private readonly columns: TileColumns,
    private readonly query: EachQuery,
    private readonly isOpen: Uint8Array,
    private readonly sink: DropSink
  ) {
    this.counts = new Int32Array(columns.blocks.length);
    this.instead = new Float64Array(columns.blocks.length);
    this.dropping = new Int32Array(columns.width);
  }

  run({ from, to }: PersonRange): void {
    const isAffected = this.affected(from, to);
    for (let person = from; person < to; person += 1) {
      if (isAffected[person - from] === 1) this.runPerson(person);
    }
  }

  /** Who has something that may have to go. */
  private affected(from: number, to: number): Uint8Array {
    const { columns, scan } = this;
    const { groups } = this.query;
    const { people, option, value } = columns.tile;
    const isAffected = new Uint8Array(to - from);
    for (let column = 0; column < columns.width; column += 1) {
      if (columns.isShared && groups[option[column] as number] === NONE) continue;
      for (let person = from; person < to; person += 1) {
        if (groups[optionAt(columns, column, person)] === NONE) continue;
        if ((value[column * people + person] as number) <= NOTHING) continue;
        if (scan.selection.has(candidateAt(columns, column, person))) isAffected[person - from] = 1;
      }
    }
    return isAffected;
  }

  private runPerson(person: number): void {
    const { columns, dropping, instead } = this;
    let drops = 0;
    let insteadOfCounted = 0;
    for (const [block, own] of columns.blocks.entries()) {
      drops = this.readBlock(block, person, drops);
      const hasRoom = (this.counts[block] as number) < ownOf(own.caps, person);
      if (own.isCounted && hasRoom) insteadOfCounted = Math.max(insteadOfCounted, instead[block] as number);
    }
    for (let at = 0; at < drops; at += 1) {
      const column = dropping[at] as number;
      const block = columns.blocks.findIndex(({ to, from }) => column >= from && column < to);
      const others = columns.blocks[block]?.isCounted === true ? insteadOfCounted : 0;
      this.offer(column, person, Math.max(others, instead[block] as number));
    }
  }

  /** What of a block may have to go, how many there are, and the greatest margin of what could come instead. */
  private readBlock(block: number, person: number, drops: number): number {
    const { columns, scan, isOpen } = this;
    const { groups } = this.query;
    const { from, to } = columns.blocks[block] as { from: number; to: number };
    const { people, value } = columns.tile;
    let [count, best, next] = [0, 0, drops];
    for (let column = from; column < to; column += 1) {
      const own = value[column * people + person] as number;
      if (own <= NOTHING) continue;
      const option = optionAt(columns, column, person);
      if (!scan.selection.has(candidateAt(columns, column, person))) {
        if (isOpen[option] === 1) best = Math.max(best, own - (scan.price[option] as number));
        continue;
      }
      count += 1;
      if (groups[option] === NONE) continue;
      this.dropping[next] = column;
      next += 1;
    }
    this.counts[block] = count;
    this.instead[block] = best;
    return next;
  }

  private offer(column: number, person: number, instead: number): void {
    const { columns, scan } = this;
    const option = optionAt(columns, column, person);
    const value = columns.tile.value[column * columns.tile.people + person] as number;
    const loss = value - (scan.price[option] as number) - instead;
    const group = this.query.groups[option] as number;
    if (loss > (this.query.threshold[group] as number)) return;
    this.sink(group, loss, candidateAt(columns, column, person), option, value);
  }
}
