/**
 * `npm run bench idle-corpus [-- --dir PATH]`: our engine and the rules of seven others judge the same traces. For each: what it
 * stopped though it must be kept, what it kept though it must be stopped, how often it did not know, and how late its stops came.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/command.ts';
import { printReport } from '../../scripts/bench-report.ts';
import { judgeCorpus } from './idle-corpus/judge-corpus.ts';
import { readTraces } from './idle-corpus/read-traces.ts';
import { figuresOf, linesOf } from './idle-corpus/tell-verdicts.ts';

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { dir: { type: 'string' } } });
  const folder = path.resolve(values.dir ?? path.join(ROOT, 'operator/corpus/traces'));
  const { traces, problems } = await readTraces(folder);
  for (const problem of problems) console.error(`idle-corpus: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  if (traces.length === 0) return;
  const { ours, peers } = judgeCorpus(traces);
  for (const [name, verdict] of [['ours', ours] as const, ...Object.entries(peers)]) {
    for (const line of linesOf(name, verdict)) console.log(line);
  }
  const recorded = traces.filter(({ source }) => source === 'recorded').length;
  printReport({
    bench: 'idle-corpus',
    ours: figuresOf(ours, traces.length),
    peers: Object.fromEntries(
      Object.entries(peers).flatMap(([rule, verdict]) =>
        Object.entries(figuresOf(verdict, traces.length)).map(([key, value]) => [`${rule}_${key}`, value])
      )
    ),
    ratio: {},
    conditions: {
      recorded,
      synthetic: traces.length - recorded,
      left_out: problems.length,
      ratio: 'none: these are counts, and ours should be 0',
      peers: 'one timer each, set to the limit that the trace has for what is expected'
    }
  });
}
