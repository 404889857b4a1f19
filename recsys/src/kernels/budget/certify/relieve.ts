/** Takes from limits that are over their caps what loses least. */
import { dropsWanted, findDrops, sweepDrops } from './find-drops.js';
import type { RepairScan } from './repair-scan.js';
import { MOST_PARTS, partsFor } from './scan-part.js';
import type { Selection } from './selection.js';

/** So many are not put in order: a part of the people tells from which loss on they go. */
const MANY = 2 ** 17;
/** What is left after that is put in order. */
const SWEPT = 0.95;
/** Moves that are made between two pauses, and how many cells are looked at in that time. */
const MOVES_PER_PAUSE = 4096;
const CELLS_PER_PAUSE = 2 ** 16;

/**
 * Until no limit is over; or, with `spareNeeded`, until nothing is left to go but what floors need.
 *
 * @throws Error if a limit stays over: then something is wrong with what is counted
 */
export async function relieve(scan: RepairScan, spareNeeded: boolean): Promise<void> {
  const { selection, seed, cells } = scan;
  if (sum(dropsWanted(selection)) > MANY) await sweep(scan, spareNeeded);
  let most = Infinity;
  while (isOver(selection)) {
    const parts = Math.min(most, partsFor(dropsWanted(selection), selection.usage, cells));
    const taken = await drop(scan, spareNeeded, parts, seed);
    most = Math.max(1, parts / 2);
    if (taken > 0 || parts > 1) continue;
    if (spareNeeded) return;
    throw new Error('a limit is over its cap, and nothing that counts against it is sent');
  }
}

async function sweep(scan: RepairScan, spareNeeded: boolean): Promise<void> {
  const part = { parts: MOST_PARTS, seed: scan.seed };
  const sample = await findDrops(scan, { spareNeeded, part, share: SWEPT / MOST_PARTS });
  await sweepDrops(scan, spareNeeded, sample);
  scan.selection.recount();
}

/** Says how many it took. */
async function drop(scan: RepairScan, spareNeeded: boolean, parts: number, seed: number): Promise<number> {
  const { selection } = scan;
  const moves = await findDrops(scan, { spareNeeded, part: { parts, seed }, share: 1 });
  let taken = 0;
  for (const [at, row] of moves.sorted().entries()) {
    if (at % MOVES_PER_PAUSE === 0) await scan.pause(CELLS_PER_PAUSE);
    const option = moves.takeOption[row] as number;
    if (!selection.isOver(option) || (spareNeeded && selection.isNeeded(option))) continue;
    selection.remove(moves.take[row] as number, option, moves.takeValue[row] as number);
    taken += 1;
  }
  selection.recount();
  return taken;
}

function isOver({ usage, cap }: Selection): boolean {
  return usage.some((used, k) => used > (cap[k] as number));
}

function sum(list: Float64Array): number {
  return list.reduce((total, own) => total + own, 0);
}
