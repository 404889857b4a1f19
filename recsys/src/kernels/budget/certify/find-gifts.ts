/** Finds what people could get, where limits have slack or floors are short, in the place of something else where they have no room. */
import { scaledRoom } from './find-drops.js';
import { MOST_MOVES, MoveHeaps, NONE } from './move-heaps.js';
import { NOTHING } from '../problem.js';
import type { RepairScan } from './repair-scan.js';
import { RoomMakers } from './room-makers.js';
import { rangeOf } from './scan-part.js';
import type { PersonRange, ScanPart } from './scan-part.js';
import type { Selection } from './selection.js';
import { candidateAt, columnsOf, optionAt } from '../tiles/tile-columns.js';
import type { TileColumns } from '../tiles/tile-columns.js';

/** What is looked for. */
export interface Wanted {
  /** By option: the limit of whose slack, or whose shortfall, it takes. K stands for options of no limit. NONE: not wanted. */
  readonly group: Int32Array;
  /** By option: whether it keeps all caps only where something else of the person goes. */
  readonly needsSwap: Uint8Array;
  /** By option: a greater loss is not worth it. */
  readonly mostLoss: Float64Array;
  /** By limit, and for those of none: how many are looked for. */
  readonly room: Uint32Array;
}

/** For each limit that something is wanted of, those moves that lose least. */
export async function findGifts(scan: RepairScan, wanted: Wanted, part: ScanPart): Promise<MoveHeaps> {
  const { selection, price } = scan;
  const heaps = new MoveHeaps(wanted.room, scan.seed);
  const isFree = Uint8Array.from(price, (_, option) => Number(!selection.isNeeded(option)));
  const makers = new RoomMakers(selection, price, isFree);
  for (let index = 0, before = 0; index < scan.tiles.count; index += 1) {
    const tile = scan.tiles.tile(index);
    const columns = columnsOf(tile, scan.problem);
    const range = rangeOf(part, tile.people, index);
    makers.read(columns, range);
    new GiftSearch(scan, columns, wanted, makers, heaps).run(before, range);
    before += tile.people;
    await scan.pause((2 * tile.value.length) / part.parts);
  }
  return heaps;
}

/** How many fill the slack of each limit that has a price. */
export function slackWanted({ selection, prices }: RepairScan): Float64Array {
  const { usage, cap, leastWeight } = selection;
  return usage.map((used, k) =>
    (prices[k] as number) > 0 ? Math.floor(((cap[k] as number) - used) / (leastWeight[k] as number)) : 0
  );
}

/** What fills the slack of limits: only what gains. */
export function wantedBySlack({ problem, prices, price, selection, cells }: RepairScan): Wanted {
  const { usage, cap, leastWeight } = selection;
  const { start, limit, weight } = problem.options;
  const none = usage.length;
  // An option may cost less than nothing, for the sake of a floor: to take it away may then be a gain.
  const least = price.reduce((low, own) => Math.min(low, own), 0);
  const slack = usage.map((used, k) => Math.floor(((cap[k] as number) - used) / (leastWeight[k] as number)));
  // Of what it counts against, the limit with the least slack, if any has some.
  const group = Int32Array.from(price, (_, option) => {
    let tightest = start[option] === start[option + 1] ? none : NONE;
    let room = Infinity;
    for (let at = start[option] as number; at < (start[option + 1] as number); at += 1) {
      const k = limit[at] as number;
      const own = ((cap[k] as number) - (usage[k] as number)) / (weight[at] as number);
      if (own >= 1 && (tightest === NONE || own < room)) [tightest, room] = [k, own];
    }
    return tightest;
  });
  const wanted = new Float64Array(none + 1);
  for (const own of group) if (own !== NONE) wanted[own] = Math.min(cells, withSpare(slack[own] ?? cells));
  return {
    group,
    needsSwap: swapsOf(selection, group),
    mostLoss: price.map(own => own - least),
    room: roomByPrice(wanted, prices)
  };
}

/** Limits that have no price are not what plans wait for: they get what the others leave. */
function roomByPrice(wanted: Float64Array, prices: Float64Array): Uint32Array {
  const isPriced = (limit: number): boolean => (prices[limit] ?? 0) > 0;
  const room = scaledRoom(wanted.map((own, limit) => (isPriced(limit) ? own : 0)));
  const left = MOST_MOVES - room.reduce((sum, own) => sum + own, 0);
  const others = scaledRoom(wanted.map((own, limit) => (isPriced(limit) ? 0 : own)), left); // prettier-ignore
  return room.map((own, limit) => own + (others[limit] as number));
}

/** Some will turn out to be impossible, when others have been made. */
function withSpare(moves: number): number {
  return Math.ceil(1.25 * moves) + 8;
}

/** What fills floors that are short, whatever it costs. */
export function wantedByFloors({ problem, price, selection, cells }: RepairScan, withinCaps: boolean): Wanted {
  const { usage, floor, leastWeight } = selection;
  const { start, limit } = problem.options;
  const short = usage.map((used, k) => Math.max(0, (floor[k] as number) - used));
  const group = Int32Array.from(price, (_, option) => {
    let [shortest, most] = [NONE, 0];
    for (let at = start[option] as number; at < (start[option + 1] as number); at += 1) {
      const k = limit[at] as number;
      const own = (short[k] as number) / (floor[k] as number);
      if (own > most) [shortest, most] = [k, own];
    }
    return shortest;
  });
  const room = new Float64Array(usage.length + 1);
  for (const [k, own] of short.entries())
    if (own > 0) room[k] = Math.min(cells, withSpare(own / (leastWeight[k] as number)));
  const needsSwap = withinCaps ? swapsOf(selection, group) : new Uint8Array(price.length);
  return { group, needsSwap, mostLoss: new Float64Array(price.length).fill(Infinity), room: scaledRoom(room) };
}

function swapsOf(selection: Selection, group: Int32Array): Uint8Array {
  return Uint8Array.from(group, (own, option) => Number(own !== NONE && !selection.fits(option)));
}

class GiftSearch {
  constructor(
    private readonly scan: RepairScan,
    private readonly columns: TileColumns,
    private readonly wanted: Wanted,
    private readonly makers: RoomMakers,
    private readonly heaps: MoveHeaps
  ) {}

  run(before: number, range: PersonRange): void {
    const { blocks, tile, isShared } = this.columns;
    for (const [block, { from, to }] of blocks.entries()) {
      for (let column = from; column < to; column += 1) {
        if (isShared && this.wanted.group[tile.option[column] as number] === NONE) continue;
        this.runColumn(column, block * tile.people, before, range);
      }
    }
  }

  private runColumn(column: number, block: number, before: number, { from, to }: PersonRange): void {
    const { columns, wanted, makers, heaps, scan } = this;
    const { people, value } = columns.tile;
    for (let person = from; person < to; person += 1) {
      const option = optionAt(columns, column, person);
      const group = wanted.group[option] as number;
      if (group === NONE) continue;
      const own = value[column * people + person] as number;
      const loss = (makers.cost[block + person] as number) - own + (scan.price[option] as number);
      if (loss >= (wanted.mostLoss[option] as number) || loss > (heaps.threshold[group] as number)) continue;
      if (own > NOTHING) this.offer(column, block, person, before + person, loss);
    }
  }

  private offer(column: number, block: number, person: number, ordinal: number, loss: number): void {
    const { columns, wanted, makers, heaps, scan } = this;
    const { people, value } = columns.tile;
    const candidate = candidateAt(columns, column, person);
    if (scan.selection.has(candidate)) return;
    const option = optionAt(columns, column, person);
    const goes = makers.column[block + person] as number;
    const taken = goes === NONE ? NONE : optionAt(columns, goes, person);
    const lost = goes === NONE ? 0 : (value[goes * people + person] as number);
    const own = value[column * people + person] as number;
    if (!this.isWorth(option, taken, own - lost)) return;
    const row = heaps.offer(wanted.group[option] as number, loss, candidate);
    if (row === NONE) return;
    heaps.person[row] = ordinal;
    heaps.give[row] = candidate;
    heaps.giveOption[row] = option;
    heaps.giveValue[row] = own;
    heaps.take[row] = goes === NONE ? NONE : candidateAt(columns, goes, person);
    heaps.takeOption[row] = taken;
    heaps.takeValue[row] = lost;
  }

  /** Whether a gain, of any size for the sake of a floor, is within the caps. */
  private isWorth(option: number, taken: number, gain: number): boolean {
    const { wanted, scan } = this;
    if (gain <= 0 && wanted.mostLoss[option] !== Infinity) return false;
    return wanted.needsSwap[option] === 0 || (taken !== NONE && scan.selection.fits(option, taken));
  }
}
