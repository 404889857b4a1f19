import { incompleteProblems } from './completeness.js';
import { filesOfLocked } from './files-of-locked.js';
import { missingError, missingPackage, pinsOf } from './kernel-packages.js';
import { readCompiled } from './read-compiled.js';
import { readPylock } from './read-pylock.js';
import { readRequirements } from './read-requirements.js';
import { withEdges, withRootsOnly } from './rooted-lock.js';
import { writeUvLock } from './write-uv-lock.js';

const HEX = 'a'.repeat(64);
const HASH = `sha256:${HEX}`;

describe('requirements', () => {
  test('plain packages are not understood, or comments count', () => {
    const text =
      '# all\nNumPy>=2,<3  # why\ntorch ; sys_platform == "linux"\nrequests [socks] == 2.*\npandas (>=2)\nx~=1.0\n';
    expect(readRequirements(text)).toEqual({
      kind: 'loose',
      lines: ['NumPy>=2,<3', 'torch ; sys_platform == "linux"', 'requests [socks] == 2.*', 'pandas (>=2)', 'x~=1.0']
    });
  });

  test.each([
    ['', 'no package'],
    ['numpy\n-r more.txt', 'line 2: -r: want the lines of that file'],
    ['-e .', '-e: want packages from an index'],
    ['--index-url https://u:secret@mirror.example/simple', 'line 1: --index-url: want it set up'],
    ['--global-option=x', 'options are not understood'],
    ['x @ https://u:secret@a.example/x.whl', 'line 1: x @ https://a.example/x.whl: want a package by name'],
    ['./x.whl', 'is not taken'],
    ['git+https://a.example/x', 'is not taken'],
    ['numpy pandas', 'want a package by name'],
    ["x ; extra == 'y'", 'want a package by name'],
    ['x\\\ny', 'want a package by name'],
    [`x${' '.repeat(9)}${'y'.repeat(3_000)}`, 'characters'],
    ['x"]\n', 'want a package by name']
  ])('the requirements %j are taken, or refused without saying where', (text, want) => {
    expect(() => readRequirements(text)).toThrow(want);
    expect(() => readRequirements(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    expect(() => readRequirements(text)).not.toThrow('secret');
  });

  test('a lock of pip-compile is refused, or where it looks for packages is believed', () => {
    const text = `--index-url https://u:secret@mirror.example/simple\nnumpy==2.0 \\\n    --hash=${HASH}\n`;
    expect(readRequirements(text)).toEqual({
      kind: 'locked',
      packages: [{ name: 'numpy', version: '2.0', marker: '', hashes: [HASH] }],
      warnings: ['Line 1 is left out (--index-url): indexes are those that are set up for uv or pip here.']
    });
  });

  test.each([
    [`numpy==2.0 --hash=${HASH}\npandas==1.0`, 'line 2: pandas==1.0: other lines have hashes'],
    [`numpy>=2.0 --hash=${HASH}`, 'line 1: numpy>=2.0: other lines have hashes'],
    [`numpy==2.0 --hash=md5:abc`, 'want a sha256 hash'],
    [`-r x.txt\nnumpy==2.0 --hash=${HASH}`, 'line 1: -r'],
    [`./numpy==2.0 --hash=${HASH}`, 'line 1']
  ])('the lock %j is taken as complete', (text, want) => {
    expect(() => readRequirements(text)).toThrow(want);
  });
});

describe('pylock.toml', () => {
  const pylock = (packages: string, more = ''): string =>
    `lock-version = "1.0"\ncreated-by = "test"\n${more}\n${packages}`;
  const wheel = (name: string): string =>
    `[{ url = "https://u:secret@a.example/f/${name}", hashes = { sha256 = "${HEX}" } }]`;
  const NUMPY = `[[packages]]\nname = "NumPy"\nversion = "2.0"\nmarker = "python_version >= '3.11'"\nindex = "https://a.example/simple"\nwheels = ${wheel('numpy-2.0-py3-none-any.whl')}\n`;

  test('packages, platforms or Pythons get lost, or an address stays', () => {
    const text = pylock(NUMPY, `requires-python = ">=3.10"\nenvironments = ["sys_platform == 'linux'"]`);
    const lock = readPylock(text);
    expect(lock).toMatchObject({
      requiresPython: '>=3.10',
      supportedMarkers: ["sys_platform == 'linux'"],
      requirements: [{ name: 'numpy', specifier: '==2.0', marker: "python_version >= '3.11'" }],
      packages: [{ name: 'numpy', version: '2.0', wheels: [{ name: 'numpy-2.0-py3-none-any.whl', hash: HASH }] }]
    });
    expect(writeUvLock(lock)).not.toMatch(/a\.example|secret/);
  });

  test('two versions of one package are both installed', () => {
    const older = NUMPY.replaceAll('2.0', '1.0').replace('>=', '<');
    expect(readPylock(pylock(NUMPY + older)).packages.map(each => each.resolutionMarkers)).toEqual([
      ["python_version >= '3.11'"],
      ["python_version < '3.11'"]
    ]);
  });

  test.each([
    ['another version of the format', pylock(NUMPY).replace('"1.0"', '"2.0"'), 'lock-version'],
    ['no packages', 'lock-version = "1.0"', 'packages'],
    [
      'a repository',
      pylock('[[packages]]\nname = "x"\nvcs = { type = "git", url = "https://a.example", commit-id = "1" }'),
      'x: it comes from vcs'
    ],
    ['a folder', pylock('[[packages]]\nname = "x"\ndirectory = { path = "/etc" }'), 'x: it comes from directory'],
    [
      'an archive',
      pylock(`[[packages]]\nname = "x"\narchive = { url = "https://a.example/x.zip", hashes = { sha256 = "${HEX}" } }`),
      'x: it comes from archive'
    ],
    ['a file without sha256', pylock(NUMPY.replace('sha256', 'md5')), 'numpy: want a plain name and a sha256'],
    ['a hash that is no text', pylock(NUMPY.replace(`"${HEX}"`, '1')), 'numpy: want a plain name and a sha256'],
    [
      'a marker with extras',
      pylock(NUMPY.replace("python_version >= '3.11'", "'x' in extras")),
      'somebody has to choose'
    ],
    [
      'a marker with groups',
      pylock(NUMPY.replace("python_version >= '3.11'", "'x' in dependency_groups")),
      'somebody has to choose'
    ],
    ['no version', pylock(NUMPY.replace('version = "2.0"', '')), 'numpy: it has no version'],
    ['no file', pylock('[[packages]]\nname = "x"\nversion = "1"'), 'x: it has no file'],
    ['a package twice', pylock(NUMPY + NUMPY), 'two indexes']
  ])('a lock with %s is taken, or refused without saying where', (_, text, want) => {
    expect(() => readPylock(text)).toThrow(want);
  });
});

describe('what the index says', () => {
  const COMPILED = `alpha==1.0 \\
    --hash=${HASH}
    # via -r input.txt
beta-x[more]==2.0 \\
    --hash=sha256:${'b'.repeat(64)} \\
    --hash=${HASH}
    # via alpha, Gamma_1[x], -r input.txt
delta==1.0                # via beta-x
`;
  const compiled = readCompiled(COMPILED);
  const file = { name: 'f-1-py3-none-any.whl', hash: HASH };
  const listed = (name: string, hash = HASH) => ({ name, version: '1.0', marker: '', wheels: [{ ...file, hash }] });
  const lockOf = (...names: string[]) => readPylockOf(names);

  test('who needs whom is read wrongly', () => {
    expect(compiled).toEqual([
      { name: 'alpha', version: '1.0', hashes: [HASH], neededBy: [] },
      { name: 'beta-x', version: '2.0', hashes: [HASH, `sha256:${'b'.repeat(64)}`], neededBy: ['alpha', 'gamma-1'] },
      { name: 'delta', version: '1.0', hashes: [], neededBy: ['beta-x'] }
    ]);
  });

  test('a lock that lacks something is complete', () => {
    expect(incompleteProblems(lockOf('alpha', 'delta'), compiled)).toEqual([
      { field: 'beta-x', message: 'the lock is not complete: alpha needs beta-x' }
    ]);
    expect(incompleteProblems(lockOf('alpha', 'beta-x', 'delta', 'for-windows'), compiled)).toEqual([]);
  });

  test('what was asked for is not what nobody else needs', () => {
    const flat = lockOf('alpha', 'beta-x', 'delta');
    const exported = flat.packages.map(({ name, version }) => ({ name, version, marker: '', hashes: [HASH] }));
    const rooted = withEdges(flat, exported, compiled);
    expect(rooted.requirements.map(({ name }) => name)).toEqual(['alpha']);
    expect(withRootsOnly({ ...rooted, requirements: flat.requirements }).requirements).toEqual(rooted.requirements);
  });

  test('files that the lock does not name are let in', () => {
    const index = lockOf('alpha', 'beta-x');
    const locked = [{ name: 'alpha', version: '1.0', marker: '', hashes: [HASH] }];
    expect(() => filesOfLocked(index, locked)).toThrow('none of the files that the lock names for beta-x 1.0');
    expect(filesOfLocked(lockOf('alpha'), locked)).toMatchObject([listed('alpha')]);
  });

  function readPylockOf(names: readonly string[]): ReturnType<typeof readPylock> {
    const packages = names.map(
      name =>
        `[[packages]]\nname = "${name}"\nversion = "1.0"\nwheels = [{ name = "${file.name}", hashes = { sha256 = "${HEX}" } }]\n`
    );
    return readPylock(`lock-version = "1.0"\n${packages.join('')}`);
  }
});

describe('the packages of a kernel', () => {
  test('a name or version that is none reaches uv', () => {
    expect(
      pinsOf([
        { name: 'B_b', version: '1' },
        { name: 'a', version: '2.0+cu1' }
      ])
    ).toEqual(['a==2.0+cu1', 'b-b==1']);
    expect(() => pinsOf([{ name: 'a', version: '1"]\n' }])).toThrow('cannot be read: a');
    expect(() => pinsOf([{ name: '-r x', version: '1' }])).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  test.each([
    ['Because alpha was not found in the package\n   registry and you require alpha==1.0', 'alpha'],
    ['Because a.b was not found in the provided package locations and', 'a.b'],
    ['Because there is no version of torch==2.1.0+cu121 and you', 'torch'],
    ['Because there are no versions of x[y]==1 and', 'x'],
    ['Because a==1 depends on b<2 and you require b==2', undefined]
  ])('%j does not say what is missing', (message, want) => {
    expect(missingPackage(message)).toBe(want);
  });

  test('nobody is told where versions with a + come from', () => {
    expect(missingError(['a==1']).message).not.toContain('UV_INDEX');
    expect(missingError(['a==1', 'b==1+c']).message).toMatch(/a==1, b==1\+c.*UV_INDEX/);
  });
});
