import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { portableLock, readUvLock } from './read-uv-lock.js';

const HASH = `sha256:${'a'.repeat(64)}`;
const ENVIRONMENTS = join(process.cwd(), 'gateway', 'environments');

interface Written {
  readonly registry?: string;
  readonly files?: string;
  readonly more?: string;
}

/** A lock as uv writes it, with `alpha`, which needs `beta`. */
function uvLock({
  registry = 'https://user:pw@mirror.example/simple',
  files = 'https://mirror.example/f/00',
  more = ''
}: Written = {}): string {
  const file = (name: string): string =>
    `{ url = "${files}/${name}", hash = "${HASH}", size = 12, upload-time = "2026-01-01T00:00:00Z" }`;
  return `version = 1
revision = 5
requires-python = ">=3.11"
${more}
[manifest]
requirements = [{ name = "alpha", extras = ["plot"], specifier = ">=1", marker = "sys_platform == 'linux'" }]

[[package]]
name = "alpha"
version = "1.0"
source = { registry = "${registry}" }
dependencies = [
    { name = "beta" },
]
sdist = ${file('alpha-1.0.tar.gz')}
wheels = [
    ${file('alpha-1.0-py3-none-any.whl')},
]

[package.optional-dependencies]
plot = [
    { name = "gamma", marker = "python_full_version < '3.12'" },
]

[[package]]
name = "beta"
version = "2.0"
source = { registry = "${registry}" }
wheels = [
    ${file('beta-2.0-cp311-cp311-linux_x86_64.whl')},
    ${file('beta-2.0-cp310-cp310-linux_x86_64.whl')},
]

[[package]]
name = "gamma"
version = "1.0"
source = { registry = "${registry}" }
wheels = [
    ${file('gamma-1.0%2Bcpu-py3-none-any.whl')},
]
`;
}

const PORTABLE = portableLock(uvLock());

test('a lock without addresses has another look than the one that notebooks are pinned with', () => {
  expect(PORTABLE).toBe(`version = 1
revision = 5
requires-python = ">=3.11"

[manifest]
requirements = [
    { name = "alpha", extras = ["plot"], specifier = ">=1", marker = "sys_platform == 'linux'" },
]

[[package]]
name = "alpha"
version = "1.0"
source = { registry = "https://index.invalid/simple" }
dependencies = [
    { name = "beta" },
]
sdist = { url = "alpha-1.0.tar.gz", hash = "${HASH}" }
wheels = [
    { url = "alpha-1.0-py3-none-any.whl", hash = "${HASH}" },
]

[package.optional-dependencies]
plot = [
    { name = "gamma", marker = "python_full_version < '3.12'" },
]

[[package]]
name = "beta"
version = "2.0"
source = { registry = "https://index.invalid/simple" }
wheels = [
    { url = "beta-2.0-cp310-cp310-linux_x86_64.whl", hash = "${HASH}" },
    { url = "beta-2.0-cp311-cp311-linux_x86_64.whl", hash = "${HASH}" },
]

[[package]]
name = "gamma"
version = "1.0"
source = { registry = "https://index.invalid/simple" }
wheels = [
    { url = "gamma-1.0+cpu-py3-none-any.whl", hash = "${HASH}" },
]
`);
});

test('a lock without addresses is another one when it is read again', () => {
  expect(portableLock(PORTABLE)).toBe(PORTABLE);
});

test('the address of an index makes a difference to the text', () => {
  const address = fc.webUrl({ withQueryParameters: false });
  fc.assert(
    fc.property(address, address, (registry, files) => {
      expect(portableLock(uvLock({ registry, files: files.replace(/["\\]/g, '') }))).toBe(PORTABLE);
    })
  );
});

test.each([
  ['carriage returns', uvLock().replaceAll('\n', '\r\n')],
  ['a byte order mark', `\uFEFF${uvLock()}`],
  ['an older revision', uvLock().replace('revision = 5\n', '')],
  [
    'files by path, as of a folder',
    uvLock({ registry: '../wheels' }).replaceAll('url = "https://mirror.example/f/00/', 'path = "../wheels/')
  ],
  [
    'packages that nobody needs',
    `${uvLock()}\n[[package]]\nname = "x"\nversion = "1"\nsource = { git = "https://a.example/x" }\n`
  ],
  [
    'addresses where they mean nothing',
    uvLock({
      more: '# https://comment.example\nhome = "https://a.example"\n[options]\nindex = "https://b.example"\nexclude-newer = "2026-01-01T00:00:00Z"\n'
    })
  ],
  ['fields of a later uv', uvLock({ more: 'later = { than = [1, 2] }' })]
])('%s make another lock', (_, text) => {
  expect(portableLock(text)).toBe(PORTABLE);
});

const nested = (depth: number): string => `x = ${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['nothing', '', 'version'],
  ['no TOML', 'version = ', 'line 1'],
  ['another version', uvLock().replace('version = 1\n', 'version = 2\n'), 'version'],
  ['a table twice', `${uvLock()}\n[manifest]\n`, 'already defined'],
  ['a key twice', uvLock({ more: 'requires-python = ">=3"' }), 'line 4'],
  ['deep nesting', uvLock({ more: nested(100_000) }), 'nest'],
  [
    'a git source',
    uvLock().replace(/source = \{ registry = "[^"]*"/, 'source = { git = "https://a.example/x?rev=1#2"'),
    'alpha: it comes from git'
  ],
  [
    'an address as source',
    uvLock().replace(/source = \{ registry = "[^"]*"/, 'source = { url = "https://a.example/x.whl"'),
    'alpha: it comes from url'
  ],
  [
    'a folder as source',
    uvLock().replace(/source = \{ registry = "[^"]*"/, 'source = { editable = "../x"'),
    'alpha: it comes from editable'
  ],
  ['no source', uvLock().replace(/source = .*\n/, ''), 'source'],
  ['no version', uvLock().replace('version = "2.0"\n', ''), 'beta: it has no version'],
  ['no hash', uvLock().replace(`, hash = "${HASH}"`, ''), 'alpha: want a plain name and a sha256'],
  ['another kind of hash', uvLock().replace(HASH, `md5:${'a'.repeat(32)}`), 'sha256'],
  ['a hash that is none', uvLock().replace(HASH, 'sha256:../../x'), 'sha256'],
  ['a file above its folder', uvLock().replace('/alpha-1.0.tar.gz', '/..'), 'alpha'],
  ['a file above its folder, in disguise', uvLock().replace('alpha-1.0.tar.gz', '..%2f..%2fx.tar.gz'), 'alpha'],
  ['a file name of two lines', uvLock().replace('alpha-1.0.tar.gz', 'a%0a.tar.gz'), 'alpha'],
  ['a file name with a stray sign', uvLock().replace('alpha-1.0.tar.gz', 'a%.tar.gz'), 'alpha'],
  ['no file', uvLock().replace(/wheels = \[[^\]]*cp31[^\]]*\]\n/, ''), 'beta: it has no file'],
  [
    'a package that is missing',
    uvLock().replace('name = "beta"\nversion', 'name = "other"\nversion'),
    'beta: alpha needs it'
  ],
  ['a name that is none', uvLock().replace('name = "gamma"\n', 'name = "../gamma"\n'), 'want the name of a package'],
  ['a version that is a line', uvLock().replace('version = "2.0"', 'version = "2\\n--index-url=x"'), 'want a version'],
  ['an address in a marker', uvLock().replace("'linux'", "'https://a.example'"), 'environment marker'],
  ['an address in a specifier', uvLock().replace('>=1', '@ https://a.example'), 'want versions'],
  ['a marker of an extra', uvLock().replace("sys_platform == 'linux'", "extra == 'x'"), 'somebody has to choose'],
  [
    'one version from two indexes',
    `${uvLock()}${uvLock().slice(uvLock().indexOf('[[package]]\nname = "beta"'))}`,
    'two indexes'
  ]
])('a lock with %s is taken, or is refused without saying where', (_, text, want) => {
  expect(() => portableLock(text)).toThrow(want);
  expect(() => portableLock(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});

test('a lock that somebody changed anywhere fails otherwise than by a refusal, or lets an address through', () => {
  const text = uvLock();
  const pieces = [
    '"',
    "'",
    '\n',
    '[',
    ']',
    '{',
    '}',
    '=',
    ',',
    '\\',
    '#',
    '.',
    'git',
    'https://a.example',
    '\u0000',
    '../',
    '[[package]]\n',
    'url = "https://a.example"\n'
  ];
  const change = fc.record({
    at: fc.nat(text.length),
    cut: fc.nat(30),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string())
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), changes => {
      const changed = changes.reduce((now, { at, cut, piece }) => now.slice(0, at) + piece + now.slice(at + cut), text);
      try {
        expect(portableLock(changed).replaceAll('https://index.invalid/simple', '')).not.toContain('://');
      } catch (error: unknown) {
        expect(error).toMatchObject({ name: 'PlatformError' });
      }
    }),
    { numRuns: 1_000 }
  );
});

test('a lock of many megabytes is read', () => {
  expect(() => portableLock(`${uvLock()}# ${'x'.repeat(8_000_000)}`)).toThrow(
    expect.objectContaining({ code: 'too-large' })
  );
});

test('a lock of many versions and edges holds up the gateway', () => {
  const edges = `dependencies = [\n${'    { name = "b" },\n'.repeat(5_000)}]`;
  const versions = Array.from(
    { length: 2_000 },
    (_, version) => `[[package]]\nname = "b"\nversion = "${version}"\nsource = { registry = "x" }\n`
  );
  const text = `version = 1\n[manifest]\nrequirements = [{ name = "a" }]\n[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "x" }\n${edges}\n${versions.join('')}`;
  expect(() => portableLock(text)).toThrow('versions of one package');
});

describe('a lock of a project', () => {
  const PROJECT = (more = ''): string => `${uvLock().replace(/\[manifest\]\n.*\n/, '')}
[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }
dependencies = [{ name = "beta", marker = "sys_platform == 'linux'" }, { name = "mine", extra = ["all"] }]
${more}
[package.optional-dependencies]
all = [{ name = "mine", extra = ["all", "plot"] }, { name = "alpha" }]
plot = [{ name = "alpha", extra = ["plot"] }]

[package.dev-dependencies]
dev = [{ name = "gamma" }]
docs = [{ name = "nobody" }]

[package.metadata]
requires-dist = [{ name = "alpha", marker = "extra == 'all'" }]
`;

  test('what the project asks for, and for whom, gets lost', () => {
    const { lock, warnings } = readUvLock(PROJECT());
    expect(lock.requirements).toEqual([
      { name: 'beta', extras: [], specifier: '', marker: "sys_platform == 'linux'" },
      { name: 'gamma', extras: [], specifier: '', marker: '' },
      { name: 'alpha', extras: [], specifier: '', marker: '' },
      { name: 'alpha', extras: ['plot'], specifier: '', marker: '' }
    ]);
    expect(lock.packages.map(({ name }) => name).sort()).toEqual(['alpha', 'beta', 'gamma']);
    expect(warnings).toEqual([
      'The project mine itself is not installed, only what it depends on.',
      'Its groups are left out unless it asks for them itself: docs.',
      'Its extras are left out unless it asks for them itself: all, plot.'
    ]);
  });

  test('the lock of several projects is taken for one of them', () => {
    const text = PROJECT().replace('editable = "."', 'editable = "packages/mine"');
    expect(() => portableLock(text)).toThrow('it belongs to several projects (mine)');
  });

  test('a project that needs a folder beside it is taken', () => {
    const text = PROJECT().replace(
      /(name = "gamma"\nversion = "1.0"\nsource = )\{[^}]*\}/,
      '$1{ directory = "../gamma" }'
    );
    expect(() => portableLock(text)).toThrow('gamma: it comes from directory');
  });
});

describe('what this repository ships', () => {
  test.each(['default.lock', 'kernel-layer/kernel.lock'])(
    '%s has addresses, or is not as it would be written',
    async file => {
      const text = await readFile(join(ENVIRONMENTS, file), 'utf8');
      expect(portableLock(text)).toBe(text);
      expect(new Set(text.match(/\w+:\/\/[^"]*/g))).toEqual(new Set(['https://index.invalid/simple']));
      expect(text).toContain('requires-python = ">=3.10"\n');
      expect(text).toContain('name = "ipykernel"');
    }
  );
});
