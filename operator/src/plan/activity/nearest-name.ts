/** Finds the name that somebody has probably meant. */

/** The one that the fewest changed letters make of `name`, if they are at most a third of it. Of equal ones the first. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map(known => ({ known, changes: changesBetween(name.toLowerCase(), known.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes);
  const [best] = ranked;
  return best !== undefined && best.changes <= Math.max(1, name.length / 3) ? best.known : undefined;
}

/** How many letters are to be put in, taken out or replaced (Levenshtein). Cost: the product of the lengths. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
