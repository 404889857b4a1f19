import fc from 'fast-check';
import { environmentHash } from './environment-hash.js';
import { parseLock, requestedPackages } from './lock.js';
import { markerHolds } from './marker.js';

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
  }
);

test('the packages asked for show the version of another Python, or their dependencies', () => {
  expect(requestedPackages('# comment\nnumpy>=2  # why\nTyping.Extensions\n', parseLock(TEXT), variables)).toEqual([
    'numpy==2.4.6',
    'typing-extensions==4.1'
  ]);
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

describe('environmentHash', () => {
  const lock = parseLock(TEXT);
  const hash = environmentHash(lock, interpreter);

  test('the order of the lock, its comments or its mirror change the identity', () => {
    const other = TEXT.replace(/# via pandas|--index-url.*/g, '').replace(
      `${H2} \\\n    --hash=${H1}`,
      `${H1} --hash=${H2}`
    );
    expect(environmentHash(parseLock(other), interpreter)).toBe(hash);
    const orders = fc.shuffledSubarray(lock, { minLength: lock.length });
    fc.assert(fc.property(orders, shuffled => environmentHash(shuffled, interpreter) === hash));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a file hash', TEXT.replace(H1, `sha256:${'3'.repeat(64)}`), interpreter],
    ['a version', TEXT.replace('4.1', '4.2'), interpreter],
    ['a marker', TEXT.replace("'3.11'", "'3.12'"), interpreter],
    ['the Python version', TEXT, { ...interpreter, version: '3.11.8' }],
    ['the implementation', TEXT, { ...interpreter, implementation: 'pypy' }],
    ['the machine', TEXT, { ...interpreter, arch: 'aarch64' }],
    ['the C library', TEXT, { ...interpreter, libc: 'musl' }]
  ])('%s makes no difference to the identity', (_, text, other) => {
    expect(environmentHash(parseLock(text), other)).not.toBe(hash);
  });
});
