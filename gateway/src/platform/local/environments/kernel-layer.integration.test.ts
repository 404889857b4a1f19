import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentsWorld, nextEnd, UV, withUv } from './environments.testkit.js';
import { makeLockOfInstalled, makeTinyLock, makeTinyPackages } from './tiny-packages.testkit.js';

/** The private environment has jupyter_client and ipykernel. */
const toolPython = join(dirname(UV), 'python');
const withKernels = existsSync(toolPython) ? withUv : describe.skip;

/** Starts a kernel as Jupyter would, and prints what it answers to the code. */
const ASK = `
import json, os, sys
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
argv, code = json.loads(sys.argv[1]), sys.argv[2]
class Manager(KernelManager):
    @property
    def kernel_spec(self):
        return KernelSpec(argv=argv, language="python")
manager = Manager()
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    said = []
    client.execute_interactive(code, timeout=60, output_hook=lambda message: said.append(message["content"]))
    print("".join(each.get("text", "") or "\\n".join(each.get("traceback", [])) for each in said))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`;

const LOOK = `
import decorator, importlib.util, json, os, sys, ipykernel
print(json.dumps({
  "decorator": decorator.__file__, "answer": getattr(decorator, "answer", None), "ipykernel": ipykernel.__file__,
  "cwd": "" in sys.path or os.getcwd() in sys.path, "last": sys.path[-1], "main": __name__,
}))`;

let world: EnvironmentsWorld;

withKernels('a kernel in an environment without ipykernel (skipped without the private environment)', () => {
  beforeEach(async () => {
    world = await EnvironmentsWorld.make();
    await makeTinyPackages(world.root, [{ name: 'tiny_a' }]);
    const layer = await makeLockOfInstalled(world.root, toolPython, 'ipykernel');
    await writeFile(world.at('locks', 'kernel-layer', 'kernel.lock'), layer);
  });
  afterEach(() => world.remove());

  test('it does not answer, or its own packages win over those of the environment', async () => {
    const environments = await world.start({ pythonPath: toolPython });
    // The layer has a decorator too: IPython needs it.
    const text = await makeTinyLock(world.root, [{ name: 'decorator', version: '99.0' }, { name: 'tiny_a' }]);
    const end = nextEnd(environments);
    await environments.define({ name: 'mine', source: { kind: 'uv-lock', text }, allowBuilds: false }, world.root);
    expect(await end).toMatchObject({ state: 'ready', message: '', changed: [] });
    const argv = await environments.kernelArgv('mine');
    expect(argv).toEqual([
      await environments.python('mine'),
      expect.stringMatching(/launch_kernel\.py$/),
      '-f',
      '{connection_file}'
    ]);
    const said = execFileSync(toolPython, ['-c', ASK, JSON.stringify(argv), LOOK], {
      encoding: 'utf8',
      cwd: world.root,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    const seen = JSON.parse(said.trim()) as Record<string, unknown>;
    const folder = join(argv[0] ?? '', '..', '..');
    expect(seen).toEqual({
      decorator: expect.stringContaining(join(folder, 'lib')) as string,
      answer: 42,
      ipykernel: expect.stringContaining(join(folder, 'berth-kernel')) as string,
      cwd: true,
      last: join(folder, 'berth-kernel'),
      main: '__main__'
    });
    const plain = 'import importlib.util; print(importlib.util.find_spec("ipykernel"))';
    expect(execFileSync(argv[0] ?? '', ['-c', plain], { encoding: 'utf8' }).trim()).toBe('None');
  });
});
