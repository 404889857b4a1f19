/** For tests: small wheels in a folder and locks for them, so that uv works for real and without a network. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export const TEST_PYTHON = process.env['BERTH_TEST_PYTHON'] ?? 'python3';

/** Path of uv: `BERTH_UV`, or what the bootstrap put above the working folder; undefined where there is none. */
export function findUv(): string | undefined {
  const given = process.env['BERTH_UV'];
  if (given !== undefined) return given;
  for (let at = process.cwd(); ; at = dirname(at)) {
    const path = join(at, '.berth', 'tools', 'bin', 'uv');
    if (existsSync(path)) return path;
    if (at === resolve(at, '..')) return undefined;
  }
}

const MAKE_WHEEL = `
import base64, hashlib, sys, zipfile
path, name, version, code, padding, tag = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(path, "w") as wheel:
    add = lambda file, text: wheel.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
    add(f"{name}/__init__.py", code)
    if int(padding):
        add(f"{name}/padding.bin", b"x" * int(padding))
    add(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    add(f"{info}/WHEEL", f"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
    add(f"{info}/top_level.txt", name)
    sha256 = base64.urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()
    add(f"{info}/RECORD", f"{name}/__init__.py,sha256={sha256},{len(code.encode())}\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

/** Of what is installed where Python runs: wheels as they were before they were installed. */
const REPACK = `
import importlib.metadata, re, sys, zipfile
wanted, done = [sys.argv[2]], {}
while wanted:
    name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
    if name in done:
        continue
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        continue
    tag = re.findall(r"^Tag: (.*)$", found.read_text("WHEEL"), re.M)[-1]
    done[name] = f"{name.replace('-', '_')}-{found.version}-{tag}.whl"
    with zipfile.ZipFile(f"{sys.argv[1]}/{done[name]}", "w") as wheel:
        for file in found.files:
            if not str(file).startswith("..") and "__pycache__" not in str(file):
                wheel.write(found.locate_file(file), str(file))
    wanted += [re.match(r"[\\w.-]+", each)[0] for each in found.requires or [] if "extra ==" not in each]
print("\\n".join(done.values()))
`;

export interface TinyPackage {
  readonly name: string;
  readonly version?: string;
  /** What is run when it is imported. */
  readonly code?: string;
  readonly paddingBytes?: number;
  /** Default: for every platform. */
  readonly tag?: string;
}

/** Makes the wheels in `<folder>/wheels` and a lock for them; returns its text. */
export async function makeTinyLock(folder: string, packages: readonly TinyPackage[]): Promise<string> {
  await mkdir(join(folder, 'wheels'), { recursive: true });
  const wheels: string[] = [];
  for (const { name, version = '1.0', code = 'answer = 42', paddingBytes = 0, tag = 'py3-none-any' } of packages) {
    const wheel = `${name}-${version}-${tag}.whl`;
    const path = join(folder, 'wheels', wheel);
    execFileSync(TEST_PYTHON, ['-c', MAKE_WHEEL, path, name, version, code, String(paddingBytes), tag]);
    wheels.push(wheel);
  }
  return lockOf(folder, wheels);
}

/** The same for a package that is installed beside `python`, with all that it needs. */
export async function makeLockOfInstalled(folder: string, python: string, name: string): Promise<string> {
  await mkdir(join(folder, 'wheels'), { recursive: true });
  const output = execFileSync(python, ['-c', REPACK, join(folder, 'wheels'), name], { encoding: 'utf8' });
  return lockOf(folder, output.trim().split('\n'));
}

/** `default.lock` for the wheels, and a kernel layer that holds nothing but a stand-in for ipykernel, in `<folder>/locks`. */
export async function makeTinyPackages(folder: string, packages: readonly TinyPackage[]): Promise<void> {
  await mkdir(join(folder, 'locks', 'kernel-layer'), { recursive: true });
  await writeFile(join(folder, 'locks', 'default.lock'), await makeTinyLock(folder, packages));
  const layer = await makeTinyLock(folder, [{ name: 'ipykernel' }]);
  await writeFile(join(folder, 'locks', 'kernel-layer', 'kernel.lock'), layer);
}

async function lockOf(folder: string, wheels: readonly string[]): Promise<string> {
  const sections = await Promise.all(wheels.map(wheel => packageOf(folder, wheel)));
  const requirements = wheels.map(wheel => `    { name = "${nameOf(wheel)}" },`);
  const head = ['version = 1', 'revision = 3', 'requires-python = ">=3.9"', '', '[manifest]'];
  return [...head, 'requirements = [', ...requirements, ']', '', ...sections.sort()].join('\n');
}

async function packageOf(folder: string, wheel: string): Promise<string> {
  const content = await readFile(join(folder, 'wheels', wheel));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return [
    '[[package]]',
    `name = "${nameOf(wheel)}"`,
    `version = "${wheel.split('-')[1]}"`,
    'source = { registry = "https://index.invalid/simple" }',
    `wheels = [\n    { url = "${wheel}", hash = "sha256:${sha256}" },\n]`,
    ''
  ].join('\n');
}

function nameOf(wheel: string): string {
  return wheel.split('-', 1).join('').replaceAll('_', '-').toLowerCase();
}
