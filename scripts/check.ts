/**
 * `npm run check`: regenerate, types, lint, format; red when generating has changed anything, and on a dirty tree.
 * `-- --fix` mends what can be mended; with it, or with `--allow-dirty`, the tree may hold work that is not committed yet
 * (what is generated must still be up to date).
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, ROOT, runCommand } from './command.ts';

const GENERATED = ['docs/reference', 'operator/chart/templates/crds'];
const fix = process.argv.includes('--fix');
const allowDirty = process.argv.includes('--allow-dirty') || fix;

interface Step {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

const STEPS: readonly Step[] = [
  { name: 'generated files', run: regenerate },
  { name: 'types', run: () => mustRun('npx', ['tsc', '-b']).then(() => mustRun('npx', ['tsc', '-p', 'scripts'])) },
  {
    name: 'lint',
    run: () =>
      mustRun('npx', [
        'eslint',
        '-c',
        'scripts/eslint.config.mjs',
        '--max-warnings',
        '0',
        ...(fix ? ['--fix'] : []),
        '.'
      ])
  },
  { name: 'format', run: () => mustRun('npx', ['prettier', fix ? '--write' : '--check', '--log-level', 'warn', '.']) },
  { name: 'python lint', run: () => mustRun('ruff', ['check', '--quiet', ...(fix ? ['--fix'] : []), '.']) },
  { name: 'python format', run: () => mustRun('ruff', ['format', '--quiet', ...(fix ? [] : ['--check']), '.']) },
  { name: 'registry hosts', run: refuseRegistryHosts },
  ...(allowDirty ? [] : [{ name: 'clean tree', run: refuseDirtyTree }])
];

/** A lock or a manifest that names a registry breaks behind every mirror. */
async function refuseRegistryHosts(): Promise<void> {
  const pattern =
    '(npmjs|pypi|pythonhosted)[.](org|com)|(proxy|sum)[.]golang[.]|(static|index)[.]crates[.]|deb[.]debian[.]';
  const { code, stdout } = await runCommand('git', ['grep', '-nIE', pattern], { capture: true });
  if (code !== 1) throw new Error(`git grep ended with ${code}; these lines name a package registry:\n${stdout}`);
}

async function regenerate(): Promise<void> {
  const before = await digestOfGenerated();
  await mustRun('npx', ['lerna', 'run', 'generate', '--loglevel', 'error']);
  if (!fix && before !== (await digestOfGenerated())) {
    throw new Error(`${GENERATED.join(' or ')} was not up to date; it is now: commit it`);
  }
}

async function digestOfGenerated(): Promise<string> {
  const digest = createHash('sha256');
  for (const folder of GENERATED) {
    const names = (await readdir(path.join(ROOT, folder))).sort();
    for (const name of names) digest.update(name).update(await readFile(path.join(ROOT, folder, name)));
  }
  return digest.digest('hex');
}

async function refuseDirtyTree(): Promise<void> {
  const dirty = await mustRun('git', ['status', '--porcelain'], { capture: true });
  if (dirty !== '') throw new Error(`the tree is dirty (commit, or pass --allow-dirty):\n${dirty}`);
}

let failed = 0;
for (const step of STEPS) {
  const start = performance.now();
  try {
    await step.run();
    console.log(`check: ${step.name}: ok (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.error(`check: ${step.name}: FAILED\n  ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
