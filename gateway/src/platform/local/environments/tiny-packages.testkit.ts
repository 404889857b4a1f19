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
import sys, zipfile
path, name, version, code, padding = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(path, "w") as wheel:
    add = lambda file, text: wheel.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
    add(f"{name}/__init__.py", code)
    if int(padding):
        add(f"{name}/padding.bin", b"x" * int(padding))
    add(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    add(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    add(f"{info}/top_level.txt", name)
    add(f"{info}/RECORD", f"{name}/__init__.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

export interface TinyPackage {
  readonly name: string;
  readonly version?: string;
  /** What is run when it is imported. */
  readonly code?: string;
  readonly paddingBytes?: number;
}

/** Makes the wheels in `<folder>/wheels` and `default.in` and `default.txt` in `<folder>/locks`. */
export async function makeTinyPackages(folder: string, packages: readonly TinyPackage[]): Promise<void> {
  await mkdir(join(folder, 'wheels'), { recursive: true });
  await mkdir(join(folder, 'locks'), { recursive: true });
  const lock: string[] = ['# made for a test'];
  for (const { name, version = '1.0', code = 'answer = 42', paddingBytes = 0 } of packages) {
    const wheel = join(folder, 'wheels', `${name}-${version}-py3-none-any.whl`);
    execFileSync(TEST_PYTHON, ['-c', MAKE_WHEEL, wheel, name, version, code, String(paddingBytes)]);
    const sha256 = createHash('sha256')
      .update(await readFile(wheel))
      .digest('hex');
    lock.push(`${name}==${version} \\`, `    --hash=sha256:${sha256}`);
  }
  await writeFile(join(folder, 'locks', 'default.txt'), `${lock.join('\n')}\n`);
  await writeFile(join(folder, 'locks', 'default.in'), packages.map(({ name }) => `${name}  # wanted\n`).join(''));
}
