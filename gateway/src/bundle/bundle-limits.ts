/** Whether a folder is small enough for a snapshot, and what to say when it is not. */
import type { Problem } from '../contract/index.js';

export interface BundleLimits {
  readonly maxBytes: number;
  /** Files, links and empty folders. */
  readonly maxFiles: number;
}

export const DEFAULT_BUNDLE_LIMITS: BundleLimits = { maxBytes: 512 * 1024 * 1024, maxFiles: 20_000 };

/** What was counted. `complete` is false where the walk gave up, so that the figures are lower bounds. */
export interface FolderSize {
  readonly bytes: number;
  readonly files: number;
  readonly complete: boolean;
}

const HOPELESS_FACTOR = 4;
const SHOWN = 10;

/** True when a folder is so far beyond the limits that counting on tells nobody anything. */
export function isHopeless(size: { readonly bytes: number; readonly files: number }, limits: BundleLimits): boolean {
  return size.bytes > HOPELESS_FACTOR * limits.maxBytes || size.files > HOPELESS_FACTOR * limits.maxFiles;
}

/** Why this folder cannot be sent: nothing, or problems that name the figures and the largest files. */
export function bundleProblems(
  size: FolderSize,
  files: readonly { readonly path: string; readonly bytes: number }[],
  limits: BundleLimits
): Problem[] {
  const atLeast = size.complete ? '' : 'at least ';
  const problems: Problem[] = [];
  if (size.bytes > limits.maxBytes) {
    const total = `${atLeast}${formatBytes(size.bytes)}`;
    problems.push({
      field: 'notebook',
      message:
        `The notebook’s folder holds ${total}; the limit is ${formatBytes(limits.maxBytes)}. ` +
        `The largest ${size.complete ? 'files' : 'seen so far'}: ${largest(files)}. ${advice(files)}`
    });
  }
  if (size.files > limits.maxFiles) {
    problems.push({
      field: 'notebook',
      message:
        `The notebook’s folder holds ${atLeast}${size.files} files; the limit is ${limits.maxFiles}. ` +
        `Most of ${size.complete ? 'them' : 'those seen so far'} are in: ${fullest(files)}. Leave out what the run does not need by lines in .gitignore, ` +
        'or move the notebook to a folder of its own.'
    });
  }
  return problems;
}

function largest(files: readonly { readonly path: string; readonly bytes: number }[]): string {
  return bySize(files)
    .slice(0, SHOWN)
    .map(file => `${file.path} (${formatBytes(file.bytes)})`)
    .join(', ');
}

function advice(files: readonly { readonly path: string; readonly bytes: number }[]): string {
  const example = bySize(files)[0]?.path ?? 'data/';
  return (
    `Leave out what the run does not need by lines in .gitignore, such as "/${example}"; ` +
    'large data can lie outside the folder and be read by its absolute path.'
  );
}

function bySize<T extends { readonly path: string; readonly bytes: number }>(files: readonly T[]): T[] {
  return [...files].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}

function fullest(files: readonly { readonly path: string }[]): string {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const slash = path.indexOf('/');
    const top = slash === -1 ? './' : path.slice(0, slash + 1);
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, 5);
  return sorted.map(([folder, count]) => `${folder} (${count})`).join(', ');
}

/** Such as `512 MiB` or `9.8 GiB`: three digits, binary units. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(value >= 1000 ? 4 : 3))} ${units[unit] ?? ''}`;
}
