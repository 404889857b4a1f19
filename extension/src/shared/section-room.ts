/** How the height of the Berth panel is shared among its sections. Pure. */

export interface ISectionRoom {
  /** Pixels that it has; 0: it is closed. */
  readonly has: number;
  /** Pixels in which its contents can be seen without scrolling. */
  readonly wants: number;
}

/**
 * Sections that are too small get what others do not need. Where there is not enough for all, small ones are shown whole, and
 * large ones get equal parts. What has enough keeps what nobody misses, so that nothing moves without a reason.
 *
 * @returns the heights, with the same sum as before; null: nothing is to be changed.
 */
export function sharedRoom(sections: readonly ISectionRoom[]): number[] | null {
  const claims = claimsOf(sections);
  const surplus = sections.map(({ has }, at) => Math.max(0, has - claims[at]!));
  const missing = sections.map(({ has }, at) => Math.max(0, claims[at]! - has));
  const moved = Math.min(sum(surplus), sum(missing));
  if (moved < 1) return null;
  const given = moved / sum(surplus);
  const taken = moved / sum(missing);
  return sections.map(({ has }, at) => has - surplus[at]! * given + missing[at]! * taken);
}

/** What each may have at the others' cost: its contents, or an equal part of what smaller ones leave. */
function claimsOf(sections: readonly ISectionRoom[]): number[] {
  const claims = sections.map(() => 0);
  const open = [...sections.keys()].filter(at => sections[at]!.has > 0);
  let left = sum(sections.map(({ has }) => has));
  let count = open.length;
  for (const at of open.sort((a, b) => sections[a]!.wants - sections[b]!.wants)) {
    claims[at] = Math.min(sections[at]!.wants, left / count);
    left -= claims[at];
    count -= 1;
  }
  return claims;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
