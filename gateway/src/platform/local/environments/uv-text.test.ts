import { uvFailureMessage, withoutCredentials } from './uv-failure.js';
import { UvProgress } from './uv-progress.js';
import { uvArguments, uvVariables } from './uv-variables.js';

describe('uv’s progress', () => {
  test('it jumps back, ends early or does not name what it waits for', () => {
    const progress = new UvProgress();
    const seen = [
      'Using Python 3.11.7 environment at: t',
      'Resolved 66 packages in 582ms',
      'Downloading torch (500.0MiB)',
      'Downloading numpy (16.1MiB)',
      ' Downloaded numpy',
      'Downloading late (300MiB)',
      ' Downloaded torch',
      ' Downloaded late',
      'Prepared 66 packages in 40.42s',
      'Installed 66 packages in 387ms',
      ' + torch==2.15.0'
    ].map(line => [progress.take(line), Math.round(progress.now.progress * 100), progress.now.message]);
    expect(seen).toEqual([
      [false, 0, 'Making the environment'],
      [true, 2, 'Downloading packages'],
      [true, 2, 'Downloading torch, 500 MiB (0 of 1 large packages done)'],
      [true, 2, 'Downloading torch, 500 MiB (0 of 2 large packages done)'],
      [true, 5, 'Downloading torch, 500 MiB (1 of 2 large packages done)'],
      [true, 5, 'Downloading torch, 500 MiB (1 of 3 large packages done)'],
      [true, 54, 'Downloading late, 300 MiB (2 of 3 large packages done)'],
      [true, 85, 'Unpacking packages'],
      [true, 85, 'Installing packages'],
      [true, 90, 'Finishing'],
      [false, 90, 'Finishing']
    ]);
  });
});

describe('uv’s failure', () => {
  test('a password of a mirror reaches a person’s screen', () => {
    const text = withoutCredentials(
      'https://user:p@ss:word@mirror/simple and https://token@host/x, git+ssh://git@host/y but mail@host and https://host/a@b'
    );
    expect(text).toBe('https://mirror/simple and https://host/x, git+ssh://host/y but mail@host and https://host/a@b');
  });

  test('the reason drowns in warnings and colours', () => {
    const lines = [
      'Using Python',
      'warning: slow link',
      '',
      '\u001b[31merror\u001b[0m: Failed to fetch x',
      '  Caused by: dns'
    ];
    expect(uvFailureMessage(lines, '/cache')).toBe('error: Failed to fetch x\n  Caused by: dns');
  });

  test.each([
    [
      'a full disk is not called by its name',
      ['error: x', '  Caused by: No space left on device (os error 28)'],
      'no space left'
    ],
    ['an unknown failure has no message', ['a', 'b', 'c', 'd', 'e', 'f'], 'b\nc\nd\ne\nf'],
    ['silence has no message', [], 'without saying why'],
    [
      'nobody is told that a package could be built',
      ['error: x', 'hint: Wheels are required for `x` because building from source is disabled for all packages'],
      'can be built, which runs their code, if that is allowed'
    ]
  ])('%s', (_, lines, want) => {
    expect(uvFailureMessage(lines, '/cache')).toContain(want);
  });
});

describe('uv’s variables', () => {
  test('a mirror that is set up for pip is not used, or overrules one for uv', () => {
    expect(uvVariables({ PIP_INDEX_URL: 'https://m/simple', PIP_FIND_LINKS: '/a  /b' })).toMatchObject({
      UV_DEFAULT_INDEX: 'https://m/simple',
      UV_FIND_LINKS: '/a,/b'
    });
    expect(uvVariables({ PIP_INDEX_URL: 'p', UV_INDEX_URL: 'u' })).toEqual({ PIP_INDEX_URL: 'p', UV_INDEX_URL: 'u' });
  });

  test('a machine without an index asks one all the same', () => {
    expect(['1', 'true', '0', ''].map(value => uvArguments({ PIP_NO_INDEX: value }).length)).toEqual([1, 1, 0, 0]);
  });

  test('a setting of the person switches off the check of hashes or takes other packages', () => {
    const own = {
      UV_NO_VERIFY_HASHES: '1',
      UV_TORCH_BACKEND: 'cpu',
      UV_OVERRIDE: 'o.txt',
      PYTHONPATH: '/p',
      UV_OFFLINE: '1'
    };
    expect(uvVariables(own)).toEqual({ UV_OFFLINE: '1' });
  });
});
