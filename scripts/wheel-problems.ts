/** Decides whether a wheel is what people should install: all that it needs, and nothing of the machine that made it. */

export interface WheelContents {
  /** Paths in the wheel, `VERSION` for its version and `HASH` for what is made anew with each content. */
  readonly needed: readonly string[];
  /** Folders that would otherwise be taken for left over. */
  readonly mayHold: readonly string[];
}

export interface WheelFile {
  readonly path: string;
  readonly text: string;
}

const LEFT_OVER = /^(\..*|__pycache__|node_modules|tests?|conftest\.py|test_.*|.*\.(map|pyc|ts|tsbuildinfo))$/;

/**
 * What is wrong with it; empty: nothing.
 * @param foreign texts that only the machine has on which it was made, such as the path of the repository
 */
export function wheelProblems(
  files: readonly WheelFile[],
  { needed, mayHold }: WheelContents,
  version: string,
  foreign: readonly string[]
): string[] {
  const paths = files.map(({ path }) => path);
  const missing = needed.filter(want => !paths.some(path => isPath(path, want, version)));
  const isLeftOver = (path: string): boolean =>
    path.split('/').some(part => LEFT_OVER.test(part) && !mayHold.includes(part));
  return [
    ...missing.map(path => `${path.replace('VERSION', version)} is missing`),
    ...paths.filter(isLeftOver).map(path => `${path} does not belong there`),
    ...files.flatMap(({ path, text }) =>
      foreign.filter(part => text.includes(part)).map(part => `${path} names ${part}, which is only on this machine`)
    )
  ];
}

function isPath(path: string, want: string, version: string): boolean {
  const [before = '', after] = want.replace('VERSION', version).split('HASH');
  if (after === undefined) return path === before;
  return (
    path.startsWith(before) && path.endsWith(after) && /^[0-9a-f]+$/.test(path.slice(before.length, -after.length))
  );
}
