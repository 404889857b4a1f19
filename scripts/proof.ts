/** `npm run proof NAME`: a check that takes longer than CI allows; its dated result goes to docs/proofs/NAME.md. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './command.ts';

const PROOFS: Readonly<Record<string, string>> = {
  'budget-cuda': 'recsys/bench/proof-budget-cuda.ts',
  'budget-highs': 'recsys/bench/proof-budget-highs.ts',
  'cluster-cycles': 'operator/cluster/bench/proof-cycles.ts',
  'fresh-clone': 'scripts/proof-fresh-clone.ts',
  'operator-outage': 'operator/cluster/bench/proof-operator-outage.ts',
  'retrieval-batch': 'recsys/bench/proof-batch.ts',
  'retrieval-cuda': 'recsys/bench/proof-cuda.ts',
  'workspace-chaos': 'operator/cluster/bench/proof-workspace-chaos.ts'
};

const name = process.argv[2] ?? '';
const file = PROOFS[name];
if (file === undefined) {
  console.error(`proof: '${name}' is none; there are: ${Object.keys(PROOFS).join(', ')}`);
  process.exit(2);
}
const module = (await import(pathToFileURL(path.join(ROOT, file)).href)) as {
  proof: (args: string[]) => Promise<string | undefined>;
};
const result = await module.proof(process.argv.slice(3));
if (result === undefined) process.exit(); // a rehearsal
const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
await mkdir(path.join(ROOT, 'docs', 'proofs'), { recursive: true });
await writeFile(path.join(ROOT, 'docs', 'proofs', `${name}.md`), `# ${name}\n\n${date}, ${machine}.\n\n${result}\n`);
console.log(`proof: written to docs/proofs/${name}.md`);
