/** Takes away what was sent for the sake of a floor alone, where the floor has more than it needs. */
import { eachDrop, offerDrop, scaledRoom } from './find-drops.js';
import { MoveHeaps, NONE } from './move-heaps.js';
import type { RepairScan } from './repair-scan.js';
import { EVERYBODY } from './scan-part.js';

/** What is worth less than nothing goes, the smallest margins first, as long as no floor needs it. */
export async function prune(scan: RepairScan): Promise<void> {
  const { selection } = scan;
  const groups = spareGroups(scan);
  if (groups.every(group => group === NONE)) return;
  const heaps = new MoveHeaps(scaledRoom(surplusOf(scan)), scan.seed);
  const query = { groups, threshold: heaps.threshold, part: EVERYBODY };
  await eachDrop(scan, query, (group, loss, candidate, option, value) => {
    if (value < 0) offerDrop(heaps, group, loss, candidate, option, value);
  });
  for (const row of heaps.sorted()) {
    const option = heaps.takeOption[row] as number;
    if (selection.isNeeded(option)) continue;
    selection.remove(heaps.take[row] as number, option, heaps.takeValue[row] as number);
  }
  selection.recount();
}

/** By option: the floor it was sent for, where one less does not leave it short. */
function spareGroups({ problem, prices, price, selection }: RepairScan): Int32Array {
  const { start, limit } = problem.options;
  return Int32Array.from(price, (_, option) => {
    if (selection.isNeeded(option)) return NONE;
    const limits = limit.subarray(start[option], start[option + 1]);
    return limits.find(k => (prices[k] as number) < 0) ?? NONE;
  });
}

/** By limit: how many may go. */
function surplusOf({ selection, prices, cells }: RepairScan): Float64Array {
  const { usage, floor, leastWeight } = selection;
  return usage.map((used, k) => {
    if ((prices[k] as number) >= 0) return 0;
    return Math.min(cells, Math.ceil(Math.max(0, used - (floor[k] as number)) / (leastWeight[k] as number)));
  });
}
