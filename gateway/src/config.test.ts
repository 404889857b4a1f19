import { readConfig } from './config.js';

const GOOD = {
  HOME: '/home/ada',
  BERTH_DATA_DIR: '/data/berth',
  BERTH_KERNELS_DIR: '/data/kernels',
  BERTH_SOCKET: '/run/berth/gateway.sock',
  BERTH_UV: '/usr/bin/uv',
  BERTH_PYTHON: '/usr/bin/python3'
};

test('a minimal environment gives the documented defaults', () => {
  expect(readConfig(GOOD)).toEqual({
    dataFolder: '/data/berth',
    cacheFolder: '/home/ada/.cache/berth',
    kernelsFolder: '/data/kernels',
    socketPath: '/run/berth/gateway.sock',
    uvPath: '/usr/bin/uv',
    pythonPath: '/usr/bin/python3',
    assetsFolder: undefined,
    idlePolicyFile: '/data/berth/idle-policy.json',
    lingerMs: 3_000,
    startLingerMs: 10_000,
    bundleLimits: { maxFiles: 20_000, maxBytes: 512 * 1024 * 1024 },
    checkAnswers: false
  });
});

test.each([
  { name: 'an absolute XDG_CACHE_HOME is used', env: { XDG_CACHE_HOME: '/xdg' }, wantCache: '/xdg/berth' },
  { name: 'a relative XDG_CACHE_HOME is ignored', env: { XDG_CACHE_HOME: 'xdg' }, wantCache: '/home/ada/.cache/berth' },
  { name: 'BERTH_CACHE_DIR wins', env: { XDG_CACHE_HOME: '/xdg', BERTH_CACHE_DIR: '/mine' }, wantCache: '/mine' }
])('$name', ({ env, wantCache }) => {
  expect(readConfig({ ...GOOD, ...env }).cacheFolder).toBe(wantCache);
});

test('every bad setting is named at once, with what would be right', () => {
  const read = (): unknown =>
    readConfig({
      ...GOOD,
      BERTH_DATA_DIR: 'relative',
      BERTH_KERNELS_DIR: undefined,
      BERTH_SOCKET: `/${'é'.repeat(60)}`,
      BERTH_ASSETS_DIR: './dist',
      BERTH_IDLE_POLICY_FILE: 'idle.json',
      BERTH_LINGER_MS: ' ',
      BERTH_START_LINGER_MS: '1.5',
      BERTH_CHECK_ANSWERS: 'yes'
    });
  expect(read).toThrow(/^invalid configuration\n/);
  for (const want of [
    'BERTH_DATA_DIR=relative: want an absolute path',
    'BERTH_KERNELS_DIR is not set: want an absolute path',
    '121 bytes long, want at most 100',
    'BERTH_ASSETS_DIR=./dist: want an absolute path',
    'BERTH_IDLE_POLICY_FILE=idle.json: want an absolute path',
    'BERTH_LINGER_MS= : want an integer in [0, 86400000]',
    'BERTH_START_LINGER_MS=1.5: want an integer in [100, 86400000]',
    'BERTH_CHECK_ANSWERS=yes: want 0 or 1'
  ]) {
    expect(read).toThrow(want);
  }
});

test('a number out of range never falls back in silence', () => {
  expect(() => readConfig({ ...GOOD, BERTH_BUNDLE_MAX_FILES: '0' })).toThrow('BERTH_BUNDLE_MAX_FILES=0');
  expect(() => readConfig({ ...GOOD, BERTH_LINGER_MS: '' })).toThrow('BERTH_LINGER_MS=');
});
