/**
 * Imports the packages that were asked for once, at low priority. That shows whether they work on this machine and leaves
 * compiled code behind for what a rank imports at its start, in a tenth of the time that compiling every file would take.
 */
import { z } from 'zod';
import { runCommand } from './child-command.js';

const TIMEOUT_MS = 300_000;

/** Modules that are imported later on by nearly every run; no harm where they are missing. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  torch: ['torch.distributed.run', 'torch.nn.parallel', 'torch.utils.data', 'torch._dynamo'],
  ipykernel: ['ipykernel.kernelapp', 'ipykernel.ipkernel'],
  matplotlib: ['matplotlib.pyplot', 'matplotlib_inline.backend_inline']
};

const SCRIPT = `
import importlib, importlib.metadata, json, re, sys
requested, also = json.loads(sys.argv[1])
modules = {}
for module, owners in importlib.metadata.packages_distributions().items():
    for owner in owners:
        modules.setdefault(re.sub(r"[-_.]+", "-", owner).lower(), []).append(module)
def problem(module):
    try:
        importlib.import_module(module)
    except BaseException as error:
        return type(error).__name__ + ": " + str(error)
failed = {}
for name in requested:
    own = [each for each in modules.get(name, []) if not each.startswith("_")]
    same = [each for each in own if each.lower() == name.replace("-", "_")]
    for module in (same or own)[:1]:
        why = problem(module)
        if why is not None:
            failed[name] = why
for module in also:
    problem(module)
print("\\n" + json.dumps(failed))`;

export interface FirstImport {
  readonly python: string;
  /** Names of packages, without versions. */
  readonly packages: readonly string[];
  /** A folder for what packages write at their first import. */
  readonly scratch: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Which package cannot be imported, and why; empty when all can.
 * @throws the signal's reason when it was aborted
 */
export async function importOnce(options: FirstImport): Promise<string> {
  const { python, packages, scratch, signal } = options;
  const also = packages.flatMap(name => ALSO[name] ?? []);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const result = await runCommand(python, ['-I', '-c', SCRIPT, JSON.stringify([packages, also])], {
    cwd: scratch,
    variables: { ...options.variables, MPLCONFIGDIR: scratch, CUDA_VISIBLE_DEVICES: '' },
    signal: AbortSignal.any([signal, timeout]),
    lowPriority: true
  }).catch((error: unknown) => {
    if (!timeout.aborted || signal.aborted) throw error;
    return undefined;
  });
  if (result === undefined) return `Importing its packages took more than ${TIMEOUT_MS / 60_000} minutes.`;
  if (result.exitCode !== 0) {
    return `The packages were installed, but Python ended badly: ${result.errorLines.slice(-3).join('\n')}`.slice(
      0,
      2_000
    );
  }
  const failed = z.record(z.string(), z.string()).safeParse(lastJson(result.output)).data ?? {};
  const [first] = Object.entries(failed);
  if (first === undefined) return '';
  return `${first[0]} was installed but cannot be imported here: ${first[1]}`.slice(0, 2_000);
}

function lastJson(output: readonly string[]): unknown {
  try {
    return JSON.parse(output.at(-1) ?? '');
  } catch {
    // A package printed at the very end: nothing is known, and nothing is claimed.
    return {};
  }
}
