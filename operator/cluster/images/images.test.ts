import { debianCodename, networkSettings } from './debian.ts';
import { releaseSources } from './debian-sources.ts';
import { snapshotNames, writableFolder } from './import-image.ts';
import { folderName } from '../made-once.ts';
import { requirementOf } from './platform-layers.ts';
import { portableRecord, withSystemPython } from './python-layer.ts';
import { isStaticProgram } from './static-program.ts';

describe('releaseSources', () => {
  const debian = 'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main';
  const security =
    'Types: deb deb-src\nURIs: http://mirror.example/security\nSuites:\n bookworm-security\nComponents: main';
  const cases = [
    {
      name: 'keeps the release, its updates and its fixes',
      text: `${debian}\n\n${security}\n`,
      want: [debian, security]
    },
    { name: 'drops comments', text: `# before\n${debian}`, want: [debian] },
    { name: 'drops another suite', text: debian.replaceAll('bookworm', 'nodistro'), want: [] },
    { name: 'drops what is switched off', text: `${debian}\nEnabled: no`, want: [] },
    { name: 'drops sources of source code', text: debian.replace('deb\n', 'deb-src\n'), want: [] },
    {
      name: 'keeps lines of the one-line form',
      text: 'deb [arch=amd64 signed-by=/k] http://m.example/d bookworm main\ndeb-src http://m.example/d bookworm main\n',
      want: ['deb [arch=amd64 signed-by=/k] http://m.example/d bookworm main']
    },
    { name: "drops other people's lines", text: 'deb http://m.example/apt cloud-sdk-bookworm main', want: [] }
  ];
  it.each(cases)('$name', ({ text, want }) => {
    expect(releaseSources(text, 'bookworm').trim()).toBe(want.join('\n\n'));
  });
});

it('apt is told of proxies and nothing else of this machine', () => {
  const dump =
    'APT "";\nAcquire::http::Proxy "http://proxy.example:3142";\nAcquire::Languages:: "none";\nDPkg::Pre "x";\n';
  expect(networkSettings(dump)).toBe('Acquire::http::Proxy "http://proxy.example:3142";\n');
});

it('knows the release, and refuses what is not Debian', () => {
  expect(debianCodename('PRETTY_NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n')).toBe('bookworm');
  expect(() => debianCodename('ID=fedora\nVERSION_CODENAME=""\n')).toThrow('on Debian only');
});

describe('withSystemPython', () => {
  const body = 'import sys\nsys.exit(0)\n';
  const want = `#!/usr/bin/python3\n${body}`;
  const cases = [
    { name: "another interpreter's path", script: `#!/home/someone/tools/bin/python3.11\n${body}`, want },
    {
      name: 'a path too long for a first line',
      script: `#!/bin/sh\n'''exec' "/a/b/python" "$0" "$@"\n' '''\n${body}`,
      want
    },
    { name: 'a shell script', script: '#!/bin/sh\necho\n', want: undefined },
    { name: 'a program', script: '\x7fELF\x02', want: undefined }
  ];
  it.each(cases)('$name', ({ script, want: wanted }) => expect(withSystemPython(script)).toBe(wanted));
});

it("a RECORD holds no digest of a script and no trace of a wheel's origin", () => {
  const record = [
    '../../../bin/jupyter,sha256=abc,250',
    'jupyter.py,sha256=def,10',
    'x-1.dist-info/direct_url.json,sha256=ghi,5',
    'x-1.dist-info/uv_cache.json,sha256=ghi,5',
    'x-1.dist-info/RECORD,,',
    ''
  ].join('\n');
  expect(portableRecord(record)).toBe('../../../bin/jupyter,,\njupyter.py,sha256=def,10\nx-1.dist-info/RECORD,,\n');
});

it('takes one package with its digests out of a lock', () => {
  const lock =
    'a==1 \\\n    --hash=sha256:1\n    # via b\nnode==24 \\\n    --hash=sha256:2 \\\n    --hash=sha256:3\n    # via c\nz==1\n';
  expect(requirementOf(lock, 'node')).toBe('node==24 \\\n    --hash=sha256:2 \\\n    --hash=sha256:3\n');
  expect(() => requirementOf(lock, 'deno')).toThrow('the lock has no deno');
});

it('the same inputs have the same folder, others another one', () => {
  expect(folderName('base', { a: 1 })).toBe(folderName('base', { a: 1 }));
  expect(folderName('base', { a: 1 })).not.toBe(folderName('base', { a: 2 }));
  expect(folderName('base', {})).toMatch(/^base-[0-9a-f]{16}$/);
});

it('names snapshots as containerd does', () => {
  const digests = [
    'sha256:e5888efd24cecb02bcafd5b94c1ee8de6e783fa58e6b9904e2d7940dfb9048cb',
    'sha256:3420532bd113dc4b02c0497295684f3d2be6c7305940dc72733386c5577bbbe1',
    'sha256:f175625528ee7cb5cb0cfcfdfa3db6df34628eb3323ca63c617c4962258694f1'
  ];
  expect(snapshotNames(digests)).toEqual([
    digests[0],
    'sha256:61db217bbdf6bb20014b0014a7d39655002e0bae25fa89d48cd52482e80c5aaf',
    'sha256:505aa304abbe0c945c39b6c27cb8096d0723575c82be91e12454d3115518eba3'
  ]);
});

describe('writableFolder', () => {
  const cases = [
    { name: 'of the lowest snapshot', mount: 'mount -t bind /s/7/fs /mnt -o rw,rbind\n', want: '/s/7/fs' },
    {
      name: 'of one above',
      mount: 'mount -t overlay overlay /mnt -o index=off,workdir=/s/8/work,upperdir=/s/8/fs,lowerdir=/s/7/fs\n',
      want: '/s/8/fs'
    }
  ];
  it.each(cases)('$name', ({ mount, want }) => expect(writableFolder(mount)).toBe(want));
  it('nothing else', () => expect(() => writableFolder('mount -t erofs x /mnt')).toThrow('no folder of a snapshot'));
});

describe('isStaticProgram', () => {
  const program = (...types: number[]): Buffer => {
    const head = Buffer.alloc(64 + 56 * types.length);
    head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
    head.writeBigUInt64LE(64n, 32);
    head.writeUInt16LE(56, 54);
    head.writeUInt16LE(types.length, 56);
    for (const [index, type] of types.entries()) head.writeUInt32LE(type, 64 + 56 * index);
    return head;
  };
  const cases = [
    { name: 'a static program', head: program(1, 1), want: true },
    { name: 'one with an interpreter', head: program(6, 3, 1), want: false },
    { name: 'a script', head: Buffer.from('#!/bin/sh\n'.padEnd(100)), want: false },
    { name: 'a file that is cut off', head: program(1, 1).subarray(0, 100), want: false },
    { name: 'an empty file', head: Buffer.alloc(0), want: false }
  ];
  it.each(cases)('$name', ({ head, want }) => expect(isStaticProgram(head)).toBe(want));
});
