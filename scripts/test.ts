/**
 * `npm test [-- --all] [-- --ring NAME ...] [-- --allow-dirty]`: every ring, one after the other. Only with `--all` must the
 * tree be clean (unless `--allow-dirty`): work that is not committed yet can be tested too.
 *
 * A ring whose prerequisites are missing is skipped and named. With `--all` the missing ones are installed first (system
 * packages need the Debian family and root) and every skip, of a ring or of a single test, is a failure.
 * The last line is `N passed, N failed, N skipped`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, runCommand, TOOL_PYTHON } from './command.ts';
import { requireGo } from '../operator/cluster/binaries/build.ts';
import { lockedPython } from './locked-environment.ts';
import { countsOfJest, countsOfJunit, type Counts, sumCounts } from './test-counts.ts';
import {
  findChromium,
  findTorchPython,
  installChromium,
  makeTorchEnvironment,
  onTestCluster,
  whyNoCluster
} from './test-prerequisites.ts';

const all = process.argv.includes('--all');
const rings = process.argv.flatMap((argument, index) => (process.argv[index - 1] === '--ring' ? [argument] : []));
const scratch = mkdtempSync(path.join(tmpdir(), 'berth-test-'));

const CLUSTER_TESTS = 'cluster\\.test\\.ts$';

interface Ring {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const env: Record<string, string> = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings=ExperimentalWarning' };

async function jest(name: string, args: readonly string[]): Promise<Counts> {
  const report = path.join(scratch, `${name}.json`);
  const options = ['-c', 'scripts/jest.config.mjs', '--json', '--outputFile', report, '--forceExit=false'];
  const { code } = await runCommand('npx', ['jest', ...options, ...args], { env, capture: true });
  return countsOfJest(readFileSync(report, 'utf8'), code);
}

async function pytest(name: string, args: readonly string[], python = TOOL_PYTHON): Promise<Counts> {
  const report = path.join(scratch, `${name}.xml`);
  const options = ['-m', 'pytest', '-q', '-rs', '-c', 'scripts/pytest.ini', '--rootdir', '.', '--junitxml', report];
  const { code } = await runCommand(python, [...options, ...args], { env });
  return countsOfJunit(readFileSync(report, 'utf8'), code);
}

/** The tests of our own Go program for the test cluster, as one. */
async function goTests(): Promise<Counts> {
  const cwd = path.join(ROOT, 'operator/cluster/binaries');
  const hasGo = await requireGo().then(
    () => true,
    () => false
  );
  if (!hasGo) return { passed: 0, failed: 0, skipped: 1 };
  const { code } = await runCommand('go', ['test', './fake-gpus'], { cwd, env: { CGO_ENABLED: '0' } });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

const RINGS: readonly Ring[] = [
  {
    name: 'check',
    run: async () => {
      const mayBeDirty = !all || process.argv.includes('--allow-dirty');
      const { code } = await runCommand('node', ['scripts/check.ts', ...(mayBeDirty ? ['--allow-dirty'] : [])]);
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    }
  },
  {
    name: 'unit',
    run: () => jest('unit', ['--testPathIgnorePatterns', 'integration\\.test\\.ts$', CLUSTER_TESTS, 'ui-tests/'])
  },
  {
    name: 'python',
    // The first two mostly wait for processes that they have started, so they go side by side; the third wants the cores.
    run: async () => {
      const server = pytest('server', ['extension/tests']);
      const launcher = pytest('launcher', ['gateway/launcher', 'examples/tests', 'operator/corpus']);
      const both = sumCounts(await server, await launcher);
      const recsys = env['BERTH_TEST_RECSYS_PYTHON'];
      const own = recsys === undefined ? undefined : await pytest('recsys', ['recsys/python/tests'], recsys);
      return sumCounts(both, own ?? { passed: 0, failed: 0, skipped: 1 });
    }
  },
  {
    name: 'integration',
    run: () => jest('integration', ['-w', '2', '--testPathPatterns', 'integration\\.test\\.ts$'])
  },
  {
    name: 'cluster',
    run: async () => {
      const onCluster = await onTestCluster(async () => {
        const counts = await jest('cluster', ['-i', '--testPathPatterns', CLUSTER_TESTS]);
        return sumCounts(counts, await pytest('cluster', ['operator/cluster/tests']));
      });
      return sumCounts(onCluster, await goTests());
    }
  },
  { name: 'browser', run: () => jest('browser', ['-i', '--selectProjects', 'browser']) }
];

/** What a ring needs beyond the bootstrap; a missing one becomes a line, or with --all is installed. */
async function prepare(): Promise<string[]> {
  const missing: string[] = [];
  const chromium = findChromium() ?? (all ? await installChromium() : undefined);
  if (chromium === undefined) missing.push('browser: no chromium on PATH (Debian: apt-get install chromium)');
  else env['BERTH_TEST_CHROMIUM'] = chromium;
  const torch = (await findTorchPython()) ?? (all ? await makeTorchEnvironment() : undefined);
  if (torch === undefined) {
    missing.push('torch: the default environment is not made yet (press Train once, or run `npm test -- --all`)');
  } else env['BERTH_TEST_TORCH_PYTHON'] = torch;
  const recsys = await lockedPython('recsys-checks', { create: all });
  if (recsys === undefined) {
    missing.push('recsys: the Python environment for its tests is not made yet (run `npm test -- --all`)');
  } else env['BERTH_TEST_RECSYS_PYTHON'] = recsys;
  const hub = await lockedPython('hub', { create: all });
  if (hub === undefined) {
    missing.push('hub: the Python environment with a JupyterHub is not made yet (run `npm test -- --all`)');
  } else env['BERTH_TEST_HUB_PYTHON'] = hub;
  const noCluster = await whyNoCluster({ install: all });
  if (noCluster === undefined) env['BERTH_TEST_CLUSTER'] = 'test';
  else missing.push(`cluster: ${noCluster}`);
  return missing;
}

/** What a ring cannot be without, by the variable that names it. */
const NEEDS: Readonly<Record<string, string>> = { browser: 'BERTH_TEST_CHROMIUM', cluster: 'BERTH_TEST_CLUSTER' };

const minutes: string[] = [];
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const ring of rings.filter(name => !RINGS.some(known => known.name === name))) {
  console.error(`test: there is no ring '${ring}'; there are: ${RINGS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const missing = (await timed('prerequisites', () => orFailure(prepare))) ?? [
  'a prerequisite could not be made; see above'
];
for (const line of missing) console.log(`test: skipped for want of a prerequisite: ${line}`);
for (const ring of RINGS) {
  if (rings.length > 0 && !rings.includes(ring.name)) continue;
  const needed = NEEDS[ring.name];
  if (needed !== undefined && env[needed] === undefined) {
    total = sumCounts(total, { passed: 0, failed: 0, skipped: 1 });
    continue;
  }
  const counts = (await timed(ring.name, () => orFailure(ring.run))) ?? { passed: 0, failed: 1, skipped: 0 };
  console.log(`test: ${ring.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  total = sumCounts(total, counts);
}
rmSync(scratch, { recursive: true, force: true });

/** A runner that dies before it reports is one failure, and the other rings still run. */
async function orFailure<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    console.error('test: failed before it could report:', error);
    return undefined;
  }
}

async function timed<T>(name: string, run: () => Promise<T>): Promise<T> {
  console.log(`\ntest: == ${name} ==`);
  const start = performance.now();
  const result = await run();
  minutes.push(`${name} ${((performance.now() - start) / 60_000).toFixed(1)}`);
  return result;
}

console.log(`\ntest: minutes per ring: ${minutes.join(', ')}`);
if (all && total.skipped + missing.length > 0) console.log('test: --all turns every skip into a failure');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 || (all && total.skipped + missing.length > 0) ? 1 : 0;
