/** The processor time of one reading of the activity agent with 20 kernels, each with a child: a real Jupyter server and real kernels. */
import path from 'node:path';
import { median, printReport } from '../../scripts/bench-report.ts';
import { mustRun, ROOT, TOOL_PYTHON } from '../../scripts/command.ts';

const PROGRAM = path.join(ROOT, 'extension/bench/activity_reading.py');

interface Measured {
  readonly spent_ms: number[];
  readonly sessions_ms: number[];
  readonly machine_processes: number;
}

export async function bench(args: readonly string[]): Promise<void> {
  const kernels = Number(args[0] ?? 20);
  const readings = Number(args[1] ?? 400);
  const said = await mustRun(TOOL_PYTHON, [PROGRAM, String(kernels), String(readings)], { capture: true });
  const found = JSON.parse(said.trim().split('\n').at(-1) ?? '') as Measured;
  printReport({
    bench: 'activity-reading',
    ours: {
      median_cpu_ms: rounded(median(found.spent_ms)),
      p99_cpu_ms: rounded(quantile(found.spent_ms, 0.99)),
      sessions_cpu_ms: rounded(median(found.sessions_ms))
    },
    peers: {},
    ratio: {},
    conditions: { kernels, children: kernels, readings, machine_processes: found.machine_processes }
  });
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
