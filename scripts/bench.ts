/** `npm run bench NAME`: runs one bench. It prints a table for people and ends with one line of JSON. */
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { ROOT } from './command.ts';

/** Where each bench lives; its file's `bench` function does the whole work. */
const BENCHES: Readonly<Record<string, string>> = {
  'activity-reading': 'extension/bench/activity-reading.ts',
  budget: 'recsys/bench/budget.ts',
  cluster: 'operator/cluster/bench/cluster.ts',
  decide: 'recsys/bench/decide.ts',
  'extension-load': 'extension/bench/extension-load.ts',
  environment: 'gateway/bench/environment.ts',
  'idle-corpus': 'operator/bench/idle-corpus.ts',
  'idle-load': 'operator/cluster/bench/idle-load.ts',
  'notebook-call': 'recsys/bench/notebook-call.ts',
  'operator-scale': 'operator/cluster/bench/operator-scale.ts',
  resume: 'operator/cluster/bench/resume.ts',
  retrieval: 'recsys/bench/retrieval.ts'
};

const name = process.argv[2] ?? '';
const file = BENCHES[name];
if (file === undefined) {
  console.error(`bench: '${name}' is none; there are: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
const module = (await import(pathToFileURL(path.join(ROOT, file)).href)) as {
  bench: (args: string[]) => Promise<void>;
};
await module.bench(process.argv.slice(3));
