/**
 * Imports the packages that were asked for once. That proves that they work on this machine and leaves compiled code
 * behind for what a rank imports at its start, in a tenth of the time that compiling every file would take.
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

/** @throws Error naming the package that cannot be imported, and why */
export async function importOnce(options: FirstImport): Promise<void> {
  const { python, packages, scratch } = options;
  const also = packages.flatMap(name => ALSO[name] ?? []);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const result = await runCommand(python, ['-I', '-c', SCRIPT, JSON.stringify([packages, also])], {
    cwd: scratch,
    variables: { ...options.variables, MPLCONFIGDIR: scratch, CUDA_VISIBLE_DEVICES: '' },
    signal: AbortSignal.any([options.signal, timeout])
  });
  if (result.exitCode !== 0) {
    throw new Error(`The packages were installed, but Python ended badly: ${result.errorLines.slice(-3).join('\n')}`);
  }
  const failed = z.record(z.string(), z.string()).parse(JSON.parse(result.output.at(-1) ?? ''));
  const [first] = Object.entries(failed);
  if (first !== undefined) throw new Error(`${first[0]} was installed but cannot be imported here: ${first[1]}`);
}
