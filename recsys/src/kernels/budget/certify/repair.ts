/**
 * Makes a plan of what everybody would choose at given prices: floors that are short are filled, limits that are over are relieved of what
 * loses least, and slack is filled with what gains. What it leaves keeps every cap.
 */
import { findGifts, slackWanted, wantedByFloors, wantedBySlack } from './find-gifts.js';
import type { MoveHeaps } from './move-heaps.js';
import { NONE } from './move-heaps.js';
import type { RepairScan } from './repair-scan.js';
import { prune } from './prune.js';
import { relieve } from './relieve.js';
import { EVERYBODY, partsFor } from './scan-part.js';
import type { Selection } from './selection.js';

/** Rounds of search take the time of a pass each. */
const FLOOR_ROUNDS = 4;
const SLACK_ROUNDS = 6;
/** Below so many cells the search goes on until nothing gains. */
const FEW_CELLS = 2 ** 20;
const MANY_ROUNDS = 24;
/** Less than this share of what is missing to the bound is not worth another round. */
const LEAST_GAIN = 0.05;
/** Moves that are made between two pauses, and how many cells are looked at in that time. */
const MOVES_PER_PAUSE = 4096;
const CELLS_PER_PAUSE = 2 ** 16;

/** Changes the selection of a scan. `bound`: no plan is worth more. */
export async function repair(scan: RepairScan, bound: number): Promise<void> {
  const { selection } = scan;
  if (isShort(selection)) await fillFloors(scan, false, 1);
  await relieve(scan, true);
  await relieve(scan, false);
  if (isShort(selection)) await fillFloors(scan, true, FLOOR_ROUNDS);
  await prune(scan);
  await fillSlack(scan, bound);
}

/** Until nothing more is to be gained, or it is not worth another round. */
async function fillSlack(scan: RepairScan, bound: number): Promise<void> {
  const { selection, cells } = scan;
  const rounds = cells <= FEW_CELLS ? MANY_ROUNDS : SLACK_ROUNDS;
  for (let round = 0; round < rounds; round += 1) {
    const before = selection.value;
    const parts = partsFor(slackWanted(scan), selection.usage, cells);
    const moves = await findGifts(scan, wantedBySlack(scan), { parts, seed: scan.seed + round });
    await give(scan, moves, WITHIN_CAPS);
    if (selection.value - before <= LEAST_GAIN * (bound - before)) break;
  }
}

function isShort({ usage, floor }: Selection): boolean {
  return usage.some((used, k) => used < (floor[k] as number));
}

async function fillFloors(scan: RepairScan, withinCaps: boolean, rounds: number): Promise<void> {
  for (let round = 0; round < rounds && isShort(scan.selection); round += 1) {
    const moves = await findGifts(scan, wantedByFloors(scan, withinCaps), EVERYBODY);
    if ((await give(scan, moves, { withinCaps, onlyShort: true })) === 0) return;
  }
}

/** When a move is made. */
interface When {
  readonly withinCaps: boolean;
  /** Only for a floor that is still short. */
  readonly onlyShort: boolean;
}

const WITHIN_CAPS: When = { withinCaps: true, onlyShort: false };

/** Makes moves that are still possible, at most one for each person; says how many. */
async function give(scan: RepairScan, moves: MoveHeaps, when: When): Promise<number> {
  const { selection } = scan;
  const isMoved = new Uint8Array(Math.ceil(scan.tiles.people / 8));
  let made = 0;
  for (const [at, row] of moves.sorted().entries()) {
    if (at % MOVES_PER_PAUSE === 0) await scan.pause(CELLS_PER_PAUSE);
    const person = moves.person[row] as number;
    const bit = 1 << (person & 7);
    if (((isMoved[person >>> 3] as number) & bit) !== 0) continue;
    if (!isPossible(selection, moves, row, when)) continue;
    isMoved[person >>> 3] = (isMoved[person >>> 3] as number) | bit;
    move(selection, moves, row);
    made += 1;
  }
  selection.recount();
  return made;
}

function isPossible(selection: Selection, moves: MoveHeaps, row: number, when: When): boolean {
  const option = moves.giveOption[row] as number;
  const takes = moves.take[row] !== NONE;
  const taken = takes ? (moves.takeOption[row] as number) : NONE;
  if (takes && selection.isNeeded(taken, option)) return false;
  if (when.onlyShort && !selection.isShort(option)) return false;
  return !when.withinCaps || selection.fits(option, taken);
}

function move(selection: Selection, moves: MoveHeaps, row: number): void {
  const take = moves.take[row] as number;
  if (take !== NONE) selection.remove(take, moves.takeOption[row] as number, moves.takeValue[row] as number);
  selection.add(moves.give[row] as number, moves.giveOption[row] as number, moves.giveValue[row] as number);
}
