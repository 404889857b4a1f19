import fc from 'fast-check';
import { environmentHash } from './environment-hash.js';
import { contentsFor, type Lock, pythonProblem, requestedFor } from './lock.js';
import { lockHash } from './lock-hash.js';
import { markerHolds } from './marker.js';
import { lockedLine, logicalLines, parseLock } from './requirements-text.js';

const H1 = `sha256:${'1'.repeat(64)}`;
const H2 = `sha256:${'2'.repeat(64)}`;
const variables = {
  python_full_version: '3.11.7',
  python_version: '3.11',
  sys_platform: 'linux',
  platform_machine: 'x86_64'
};
const interpreter = { version: '3.11.7', implementation: 'cpython', os: 'linux', arch: 'x86_64', libc: 'glibc' };

const TEXT = `# made by uv
--index-url https://user:pw@mirror.example/simple
numpy==2.2.6 ; python_full_version < '3.11' \\
    --hash=${H2} \\
    --hash=${H1}
    # via pandas
numpy==2.4.6 ; python_full_version >= '3.11' \\
    --hash=${H1}
Typing_Extensions==4.1 --hash=${H1}
cuda-toolkit[cublas,cudart]==13.2.2 ; platform_machine == 'x86_64' and sys_platform == 'linux' \\
    --hash=${H2}
`;

function lockOf(text: string, more: Partial<Lock> = {}): Lock {
  const packages = parseLock(text);
  return { text: '', lockHash: '', requiresPython: '', packages, requested: [], exported: text, ...more };
}

test('entries, markers or hashes of a lock are read wrongly', () => {
  expect(parseLock(TEXT)).toEqual([
    { name: 'numpy', version: '2.2.6', marker: "python_full_version < '3.11'", hashes: [H1, H2] },
    { name: 'numpy', version: '2.4.6', marker: "python_full_version >= '3.11'", hashes: [H1] },
    { name: 'typing-extensions', version: '4.1', marker: '', hashes: [H1] },
    {
      name: 'cuda-toolkit',
      version: '13.2.2',
      marker: "platform_machine == 'x86_64' and sys_platform == 'linux'",
      hashes: [H2]
    }
  ]);
});

test.each(['torch>=2 --hash=sha256:1', 'torch==2.0', 'git+https://example.com/x', './local.whl'])(
  'a lock with the loose entry %s counts as locked',
  line => {
    expect(() => parseLock(`${line}\n`)).toThrow('not pinned');
    expect(lockedLine(line)).toBeUndefined();
  }
);

test('a line that goes on is cut, or its number is that of its end', () => {
  expect(logicalLines('\uFEFFa \\\r\n  b # c\r\n\r\n# d\r\n e#f \\')).toEqual([
    { number: 1, text: 'a b' },
    { number: 5, text: 'e#f' }
  ]);
});

test('a machine is shown the packages of another Python or platform', () => {
  const lock = lockOf(TEXT, { requested: ['numpy', 'Typing.Extensions', 'gone'] });
  expect(contentsFor(lock, variables).map(({ name, version }) => `${name} ${version}`)).toEqual([
    'cuda-toolkit 13.2.2',
    'numpy 2.4.6',
    'typing-extensions 4.1'
  ]);
  expect(requestedFor(lock, variables)).toEqual(['numpy==2.4.6', 'typing-extensions==4.1']);
});

test('a marker that nobody understands is a failure of the gateway', () => {
  const lock = lockOf(`a==1 ; platform_version == '1' --hash=${H1}`);
  expect(() => contentsFor(lock, variables)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});

test.each([
  ['', '3.11.7', true],
  ['>=3.11', '3.11.0', true],
  ['>=3.12', '3.11.7', false],
  ['>=3.9,<3.11', '3.11.7', false],
  ['==3.11.*', '3.11.7', true],
  ['==3.11.*', '3.12.0', false],
  ['!=3.11.*, >=3.9', '3.11.7', false],
  ['~=3.10', '3.12.1', true],
  ['~=3.10.2', '3.11.0', false],
  ['===3.11.7', '3.11.7', true],
  ['nonsense', '3.11.7', false]
])('a lock for Python "%s" is judged wrongly for %s', (requiresPython, version, fits) => {
  const problem = pythonProblem(lockOf('', { requiresPython }), version);
  expect(problem).toEqual(fits ? null : `The lock is for Python ${requiresPython}, and this is Python ${version}.`);
});

test.each([
  ['', true],
  ["sys_platform == 'win32'", false],
  ["python_full_version >= '3.9' and python_full_version < '3.10'", false],
  ["python_version < '3.9' or (sys_platform == 'linux' and platform_machine != 'aarch64')", true],
  ["python_version == '3.*'", true],
  ["platform_machine in 'x86_64 AMD64'", true],
  ["platform_machine not in 'x86_64 AMD64'", false]
])('the marker %s is judged wrongly', (marker, want) => {
  expect(markerHolds(marker, variables)).toBe(want);
});

test.each(["unknown == '1'", "sys_platform === 'linux'", "sys_platform == 'linux' trailing", '(', 'a ; b'])(
  'the marker %s, which is not understood, is taken as true or false',
  marker => {
    expect(() => markerHolds(marker, variables)).toThrow('marker');
  }
);

describe.each([
  ['lockHash', (packages: ReturnType<typeof parseLock>, _: typeof interpreter) => lockHash(packages)],
  ['environmentHash', environmentHash]
])('%s', (name, hashOf) => {
  const lock = parseLock(TEXT);
  const hash = hashOf(lock, interpreter);

  test('the order of the lock, its comments or its mirror change the identity', () => {
    const other = TEXT.replace(/# via pandas|--index-url.*/g, '').replace(
      `${H2} \\\n    --hash=${H1}`,
      `${H1} --hash=${H2}`
    );
    expect(hashOf(parseLock(other), interpreter)).toBe(hash);
    const orders = fc.shuffledSubarray(lock, { minLength: lock.length });
    fc.assert(fc.property(orders, shuffled => hashOf(shuffled, interpreter) === hash));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a file hash', TEXT.replace(H1, `sha256:${'3'.repeat(64)}`)],
    ['a version', TEXT.replace('4.1', '4.2')],
    ['a marker', TEXT.replace("'3.11'", "'3.12'")],
    ['a package', TEXT.replace(/^Typing.*$/m, '')]
  ])('%s makes no difference to the identity', (_, text) => {
    expect(hashOf(parseLock(text), interpreter)).not.toBe(hash);
  });

  test.each([
    ['the Python version', { ...interpreter, version: '3.11.8' }],
    ['the implementation', { ...interpreter, implementation: 'pypy' }],
    ['the machine', { ...interpreter, arch: 'aarch64' }],
    ['the C library', { ...interpreter, libc: 'musl' }]
  ])('%s counts for a lock, or not for an environment', (_, other) => {
    expect(hashOf(lock, other) === hash).toBe(name === 'lockHash');
  });
});
