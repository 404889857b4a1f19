/** What every bench says at its end: a table for people, then one line of JSON. */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

export interface BenchReport {
  readonly bench: string;
  readonly ours: Readonly<Record<string, number | null>>;
  readonly peers: Readonly<Record<string, number | null>>;
  /** How many times better ours is than the peer: above 1 is better. */
  readonly ratio: Readonly<Record<string, number | null>>;
  readonly conditions: Readonly<Record<string, string | number>>;
}

export function printReport(report: BenchReport): void {
  for (const part of ['ours', 'peers', 'ratio', 'conditions'] as const) {
    for (const [key, value] of Object.entries(report[part]))
      console.log(`${part.padEnd(11)} ${key.padEnd(22)} ${String(value)}`);
  }
  const { bench, ...figures } = report;
  console.log(JSON.stringify({ bench, machine: machine(), ...figures }));
}

function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${execFileSync('uname', ['-sr']).toString().trim()}`;
}

/** Middle of an odd number of values; mean of the middle two of an even one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing');
  return (upper + lower) / 2;
}

export function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
}
