/** Reads a directory of traces; what is wrong with one of them does not keep the others from being read. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Trace } from '@berth/operator/plan';

export interface ReadTraces {
  /** By name. */
  readonly traces: readonly Trace[];
  /** All that is wrong, each with its file and the place in it. */
  readonly problems: readonly string[];
}

export async function readTraces(folder: string): Promise<ReadTraces> {
  const traces: Trace[] = [];
  const problems: string[] = [];
  for (const file of await jsonFiles(folder, problems)) {
    const read = await readTrace(path.join(folder, file));
    if (read.trace !== undefined) traces.push(read.trace);
    problems.push(...read.problems.map(problem => `${file}: ${problem}`));
  }
  if (traces.length === 0 && problems.length === 0) problems.push(`${folder}: there is no file *.json in it`);
  return { traces, problems };
}

async function jsonFiles(folder: string, problems: string[]): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => name.endsWith('.json')).sort();
  } catch (error: unknown) {
    problems.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

async function readTrace(file: string): Promise<{ trace?: Trace; problems: string[] }> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error: unknown) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  const parsed = Trace.safeParse(value);
  if (!parsed.success) {
    return { problems: parsed.error.issues.map(issue => `${pathOf(issue.path)}: ${issue.message}`) };
  }
  const problems = [...nameProblems(file, parsed.data), ...kernelProblems(parsed.data)];
  return problems.length > 0 ? { problems } : { trace: parsed.data, problems };
}

/** `samples[3].evidence.kernels[0].cpu_s`; the file itself is `$`. */
const pathOf = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}.${String(key)}`), '$');

function nameProblems(file: string, { name }: Trace): string[] {
  return path.basename(file, '.json') === name ? [] : [`$.name: '${name}' is not the name of its file`];
}

/** What is expected of a kernel that no sample has could never fail. */
function kernelProblems({ samples, expect }: Trace): string[] {
  const known = new Set(
    samples.flatMap(sample => ('evidence' in sample ? sample.evidence.kernels : [])).map(k => k.id)
  );
  return expect.flatMap(({ kernel }, index) =>
    kernel === undefined || known.has(kernel) ? [] : [`$.expect[${index}].kernel: no sample has '${kernel}'`]
  );
}
