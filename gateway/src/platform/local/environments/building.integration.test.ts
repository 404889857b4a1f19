import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Environment } from '../../../contract/index.js';
import { EnvironmentsWorld, nextEnd, withUv } from './environments.testkit.js';
import { makeTinyPackages, TEST_PYTHON } from './tiny-packages.testkit.js';

/** A package without a wheel; building it runs its code, which leaves a trace. */
const MAKE_SDIST = `
import io, sys, tarfile
path, trace = sys.argv[1:]
backend = f"""
import zipfile
open({trace!r}, "w")
def build_wheel(folder, settings=None, metadata=None):
    with zipfile.ZipFile(folder + "/built-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("built.py", "answer = 42")
        wheel.writestr("built-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\\\nName: built\\\\nVersion: 1.0\\\\n")
        wheel.writestr("built-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\\\nRoot-Is-Purelib: true\\\\nTag: py3-none-any\\\\n")
        wheel.writestr("built-1.0.dist-info/RECORD", "")
    return "built-1.0-py3-none-any.whl"
"""
files = {
    "PKG-INFO": "Metadata-Version: 2.1\\nName: built\\nVersion: 1.0\\n",
    "backend.py": backend,
    "pyproject.toml": '[build-system]\\nrequires = []\\nbuild-backend = "backend"\\nbackend-path = ["."]\\n'
        '[project]\\nname = "built"\\nversion = "1.0"\\n',
}
with tarfile.open(path, "w:gz") as archive:
    for name, text in files.items():
        info = tarfile.TarInfo("built-1.0/" + name)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
`;

let world: EnvironmentsWorld;

withUv('a package without a wheel (skipped where the bootstrap has not installed uv)', () => {
  beforeEach(async () => {
    world = await EnvironmentsWorld.make();
    await makeTinyPackages(world.root, [{ name: 'tiny_a' }]);
  });
  afterEach(() => world.remove());

  async function lockOfSource(): Promise<string> {
    const path = world.at('wheels', 'built-1.0.tar.gz');
    execFileSync(TEST_PYTHON, ['-c', MAKE_SDIST, path, world.at('trace')]);
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return [
      'version = 1\nrevision = 3\nrequires-python = ">=3.9"\n\n[manifest]\nrequirements = [{ name = "built" }]\n',
      '[[package]]\nname = "built"\nversion = "1.0"\nsource = { registry = "https://index.invalid/simple" }',
      `sdist = { url = "built-1.0.tar.gz", hash = "sha256:${sha256}" }\n`
    ].join('\n');
  }

  test('its code runs unasked, or the person cannot allow it', async () => {
    const environments = await world.start();
    const text = await lockOfSource();
    const define = async (allowBuilds: boolean): Promise<Environment> => {
      const end = nextEnd(environments);
      await environments.define({ name: 'mine', source: { kind: 'uv-lock', text }, allowBuilds }, world.root);
      return end;
    };
    const { state, message } = await define(false);
    expect([state, existsSync(world.at('trace')), await world.folders()]).toEqual(['failed', false, []]);
    expect(message).toContain('built 1.0 has no wheel for this machine');
    expect(message).toContain('allow builds');
    expect(await define(true)).toMatchObject({ state: 'ready', message: '' });
    expect(existsSync(world.at('trace'))).toBe(true);
    execFileSync(await environments.python('mine'), ['-c', 'import built']);
  });
});
