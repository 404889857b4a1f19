/** What a process and all that it has started use, from what was read of the processes of a machine. */

export interface TableEntry {
  readonly pid: number;
  readonly parent: number;
  /** Tells a recycled number from the process that had it before. */
  readonly startedAt: string;
  /** Since it was started. */
  readonly cpuSeconds: number;
  /** Resident. */
  readonly memoryBytes: number;
}

/** The processes of a machine by their number. */
export type ProcessTable = ReadonlyMap<number, TableEntry>;

/** A look at the processes; `atS` is by a clock that never jumps. */
export interface ProcessReading {
  readonly atS: number;
  readonly table: ProcessTable;
}

/** These processes and all that descend from them; those that are gone are left out. */
export function treeOf(table: ProcessTable, roots: readonly number[]): TableEntry[] {
  const children = new Map<number, TableEntry[]>();
  for (const entry of table.values()) {
    const siblings = children.get(entry.parent);
    if (siblings === undefined) children.set(entry.parent, [entry]);
    else siblings.push(entry);
  }
  const tree = new Map<number, TableEntry>();
  const next = roots.flatMap(pid => table.get(pid) ?? []);
  for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
    if (tree.has(entry.pid)) continue;
    tree.set(entry.pid, entry);
    next.push(...(children.get(entry.pid) ?? []));
  }
  return [...tree.values()];
}

/** A process, its parent, and so on up; undefined when it cannot be seen. */
export function familyOf(table: ProcessTable, pid: number): number[] | undefined {
  const family: number[] = [];
  for (let entry = table.get(pid); entry !== undefined; entry = table.get(entry.parent)) {
    if (family.includes(entry.pid)) break;
    family.push(entry.pid);
  }
  return family.length === 0 ? undefined : family;
}

/** Cores that were busy on average for these processes since the look before; null where that cannot be known. */
export function coresOf(
  before: ProcessReading | undefined,
  now: ProcessReading,
  roots: readonly number[]
): number | null {
  const tree = treeOf(now.table, roots);
  const elapsed = before === undefined ? 0 : now.atS - before.atS;
  if (before === undefined || elapsed <= 0 || tree.length === 0) return null;
  const used = tree.reduce((sum, entry) => {
    const former = before.table.get(entry.pid);
    const since = former?.startedAt === entry.startedAt ? former.cpuSeconds : 0;
    return sum + Math.max(0, entry.cpuSeconds - since);
  }, 0);
  return used / elapsed;
}

/** Resident memory of these processes and all that they have started; null when they are gone. */
export function memoryOf(table: ProcessTable, roots: readonly number[]): number | null {
  const tree = treeOf(table, roots);
  return tree.length === 0 ? null : tree.reduce((sum, entry) => sum + entry.memoryBytes, 0);
}
