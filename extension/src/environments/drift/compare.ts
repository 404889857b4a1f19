/** The differences between a pin, a kernel and what produced outputs, as rows that can be read. Pure. */
import { versionIn, type Packages } from '../kernel/shapes.js';

export interface IColumn {
  /** Null: not told. */
  readonly python: string | null;
  /** Null: not told, such as in a lock, which is for many. */
  readonly platform: string | null;
  readonly packages: Packages;
}

export interface IColumns {
  /** Null: not known; it then has no say. */
  readonly pin: IColumn | null;
  readonly kernel: IColumn | null;
  /** Each environment that produced some of the outputs. */
  readonly outputs: readonly IColumn[];
}

export type Subject = 'python' | 'platform' | 'package';

export interface IDiffRow {
  readonly subject: Subject;
  /** Of the package; else the subject. */
  readonly name: string;
  /** Null: it is not there, or not told. */
  readonly pin: string | null;
  readonly kernel: string | null;
  /** Each version once; null among them: it was not there. */
  readonly outputs: readonly (string | null)[];
}

export interface IComparison {
  /** Which columns are known. */
  readonly has: { readonly pin: boolean; readonly kernel: boolean; readonly outputs: boolean };
  /** Only those that differ; Python first, then the platform, then packages by name. */
  readonly rows: readonly IDiffRow[];
  /** Packages that are the same everywhere. */
  readonly equal: number;
  /** Rows in which the kernel differs from the pin so that code may notice. */
  readonly drift: readonly IDiffRow[];
}

export function compare(columns: IColumns): IComparison {
  const { pin, kernel, outputs } = columns;
  const names = new Set(present(columns).flatMap(({ packages }) => Object.keys(packages)));
  const packages = [...names].sort().map(name => rowOf(columns, 'package', name, it => versionIn(it.packages, name)));
  const rows = [
    rowOf(columns, 'python', 'python', it => it.python),
    rowOf(columns, 'platform', 'platform', it => it.platform),
    ...packages
  ].filter(row => isDifferent(row, columns));
  const equal = names.size - rows.filter(({ subject }) => subject === 'package').length;
  const drift = pin === null || kernel === null ? [] : rows.filter(isDrift);
  return { has: { pin: pin !== null, kernel: kernel !== null, outputs: outputs.length > 0 }, rows, equal, drift };
}

/** Patch releases of Python run the same wheels and the same code: a lock is for a minor version. */
export function isSamePython(one: string, other: string): boolean {
  return minorOf(one) === minorOf(other);
}

/** The version as PEP 440 compares it, as far as folders and locks spell it otherwise: `2023.07.22` is `2023.7.22`. */
export function isSameVersion(one: string | null, other: string | null): boolean {
  return one === other || (one !== null && other !== null && normalised(one) === normalised(other));
}

function rowOf(columns: IColumns, subject: Subject, name: string, read: (column: IColumn) => string | null): IDiffRow {
  const { pin, kernel, outputs } = columns;
  return {
    subject,
    name,
    pin: pin === null ? null : read(pin),
    kernel: kernel === null ? null : read(kernel),
    outputs: [...new Set(outputs.map(read))]
  };
}

/** A package that is missing somewhere differs; an interpreter that is not told does not. */
function isDifferent({ subject, pin, kernel, outputs }: IDiffRow, columns: IColumns): boolean {
  const values: (string | null)[] = [...outputs];
  if (columns.pin !== null) values.push(pin);
  if (columns.kernel !== null) values.push(kernel);
  const told = subject === 'package' ? values : values.filter(value => value !== null);
  return told.some(value => !isSameVersion(value, told[0]!));
}

function isDrift({ subject, pin, kernel }: IDiffRow): boolean {
  switch (subject) {
    case 'platform':
      return false;
    case 'python':
      return pin !== null && kernel !== null && !isSamePython(pin, kernel);
    case 'package':
      return !isSameVersion(pin, kernel);
  }
}

function present({ pin, kernel, outputs }: IColumns): IColumn[] {
  return [pin, kernel, ...outputs].filter(column => column !== null);
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function normalised(version: string): string {
  return version
    .toLowerCase()
    .replace(/_/g, '.')
    .replace(/(^|[^0-9a-z])0+(?=\d)/g, '$1');
}
