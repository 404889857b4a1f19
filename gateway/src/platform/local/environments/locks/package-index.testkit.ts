/** For tests: small wheels in a folder and an index of them on this machine, so that uv works for real without a network. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TEST_PYTHON } from '../tiny-packages.testkit.js';

const MAKE_WHEELS = `
import json, sys, zipfile
folder, packages = sys.argv[1], json.loads(sys.argv[2])
for each in packages:
    name, version, tag = each["name"], each["version"], each.get("tag", "py3-none-any")
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}-{version}-{tag}.whl", "w") as wheel:
        add = lambda file, text: wheel.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
        needs = "".join(f"Requires-Dist: {need}\\n" for need in each.get("needs", []))
        extras = "".join(f"Provides-Extra: {extra}\\n" for extra in each.get("extras", []))
        add(f"{name}/__init__.py", f"version = '{version}' # {tag}")
        add(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n{extras}{needs}")
        add(f"{info}/WHEEL", f"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        add(f"{info}/RECORD", f"{name}/__init__.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

/** A source archive that builds itself: whoever asks what it needs runs its code, which leaves a file behind. */
const MAKE_SDIST = `
import io, sys, tarfile
folder, name, trace = sys.argv[1:]
metadata = f"Metadata-Version: 1.1\\nName: {name}\\nVersion: 1.0\\n"
wheel = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
backend = f"""
import pathlib
def prepare_metadata_for_build_wheel(folder, settings=None):
    pathlib.Path({trace!r}).touch()
    info = pathlib.Path(folder) / "{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text({metadata!r})
    (info / "WHEEL").write_text({wheel!r})
    return info.name
"""
project = '[build-system]\\nrequires = []\\nbuild-backend = "backend"\\nbackend-path = ["."]\\n'
with tarfile.open(f"{folder}/{name}-1.0.tar.gz", "w:gz") as archive:
    for file, text in {"backend.py": backend, "pyproject.toml": project, "PKG-INFO": metadata}.items():
        entry = tarfile.TarInfo(f"{name}-1.0/{file}")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
`;

/** @param trace file that is there once its code has run */
export function makeSourceArchive(folder: string, name: string, trace: string): void {
  execFileSync(TEST_PYTHON, ['-c', MAKE_SDIST, folder, name, trace]);
}

export interface TestWheel {
  readonly name: string;
  readonly version: string;
  /** Requirements, such as `beta>=1 ; sys_platform == 'win32'`. */
  readonly needs?: readonly string[];
  readonly extras?: readonly string[];
  /** Default: for every Python 3. */
  readonly tag?: string;
}

/** Makes the wheels in a new folder; equal wheels have equal bytes. */
export async function makeWheels(folder: string, wheels: readonly TestWheel[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  execFileSync(TEST_PYTHON, ['-c', MAKE_WHEELS, folder, JSON.stringify(wheels)]);
}

/** `sha256:…` of a file of a folder of wheels. */
export async function wheelHash(folder: string, file: string): Promise<string> {
  const bytes = await readFile(join(folder, file));
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export interface TestIndex {
  /** Such as `http://127.0.0.1:5000/simple`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder of wheels as a package index (PEP 503) on the loopback interface. */
export async function servePackages(folder: string): Promise<TestIndex> {
  const server = createServer((request, response) => {
    answer(folder, decodeURIComponent(request.url ?? '/')).then(
      body => response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'text/html' }).end(body),
      () => response.writeHead(404).end()
    );
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
    close: () =>
      new Promise((done, fail) => {
        server.close(error => (error === undefined ? done() : fail(error)));
        server.closeAllConnections();
      })
  };
}

async function answer(folder: string, url: string): Promise<string | Buffer | undefined> {
  const [, part, name = ''] = url.split('/');
  if (part === 'files') return readFile(join(folder, name));
  const files = (await readdir(folder)).filter(file => file.startsWith(`${name.replaceAll('-', '_')}-`));
  if (files.length === 0) return undefined;
  const links = files.map(async file => {
    const hash = (await wheelHash(folder, file)).replace(':', '=');
    return `<a href="/files/${file}#${hash}">${file}</a>`;
  });
  return `<html><body>${(await Promise.all(links)).join('')}</body></html>`;
}
