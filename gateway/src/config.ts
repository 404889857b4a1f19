/** Every setting of the gateway, read once from the environment. Only `main.ts` calls this. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type BundleLimits, DEFAULT_BUNDLE_LIMITS } from './bundle/index.js';

/** A Unix socket's path must fit `sun_path` with its closing zero: 104 bytes on macOS, 108 on Linux. */
const SOCKET_PATH_MAX_BYTES = 100;
const HOUR_MS = 3_600_000;
const TIB = 1024 ** 4;

export interface GatewayConfig {
  /** The gateway's own folder: records of runs, bundles, `gateway.json`. */
  readonly dataFolder: string;
  readonly cacheFolder: string;
  /** Where the kernelspecs of environments go. */
  readonly kernelsFolder: string;
  readonly socketPath: string;
  readonly uvPath: string;
  readonly pythonPath: string;
  /** Holds `launcher/` and `environments/`; undefined: main derives it from where it lies itself. */
  readonly assetsFolder: string | undefined;
  /** When idle kernels are released, as this machine wants it; the file need not be there. */
  readonly idlePolicyFile: string;
  /** How long it goes on after the last lease was given back. */
  readonly lingerMs: number;
  /** How long it waits for the first lease. */
  readonly startLingerMs: number;
  readonly bundleLimits: BundleLimits;
  /** Every answer is held against its schema before it is sent; for development and tests. */
  readonly checkAnswers: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Takes single settings out of the environment and collects what is wrong with them. */
class SettingReader {
  readonly problems: string[] = [];

  constructor(private readonly env: Env) {}

  integer(key: string, fallback: number, min: number, max: number): number {
    const text = this.env[key];
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isInteger(value) || value < min || value > max || text?.trim() === '') {
      this.problems.push(`${key}=${text}: want an integer in [${min}, ${max}]`);
    }
    return value;
  }

  flag(key: string): boolean {
    const text = this.env[key] ?? '0';
    if (text !== '0' && text !== '1') this.problems.push(`${key}=${text}: want 0 or 1`);
    return text === '1';
  }

  path(key: string, fallback?: string): string {
    const value = this.env[key] ?? fallback;
    if (value === undefined) this.problems.push(`${key} is not set: want an absolute path`);
    return this.absolute(key, value) ?? '';
  }

  optionalPath(key: string): string | undefined {
    return this.absolute(key, this.env[key]);
  }

  private absolute(key: string, value: string | undefined): string | undefined {
    if (value !== undefined && (!isAbsolute(value) || value.includes('\0'))) {
      this.problems.push(`${key}=${value}: want an absolute path`);
    }
    return value;
  }
}

/**
 * Reads every setting.
 * @throws Error one that names every bad setting and what would be right.
 */
export function readConfig(env: Env): GatewayConfig {
  const read = new SettingReader(env);
  const dataFolder = read.path('BERTH_DATA_DIR');
  const config: GatewayConfig = {
    dataFolder,
    cacheFolder: read.path('BERTH_CACHE_DIR', defaultCacheFolder(env)),
    kernelsFolder: read.path('BERTH_KERNELS_DIR'),
    socketPath: read.path('BERTH_SOCKET'),
    uvPath: read.path('BERTH_UV'),
    pythonPath: read.path('BERTH_PYTHON'),
    assetsFolder: read.optionalPath('BERTH_ASSETS_DIR'),
    idlePolicyFile: read.optionalPath('BERTH_IDLE_POLICY_FILE') ?? join(dataFolder, 'idle-policy.json'),
    lingerMs: read.integer('BERTH_LINGER_MS', 3_000, 0, 24 * HOUR_MS),
    startLingerMs: read.integer('BERTH_START_LINGER_MS', 10_000, 100, 24 * HOUR_MS),
    bundleLimits: {
      maxFiles: read.integer('BERTH_BUNDLE_MAX_FILES', DEFAULT_BUNDLE_LIMITS.maxFiles, 1, 1_000_000),
      maxBytes: read.integer('BERTH_BUNDLE_MAX_BYTES', DEFAULT_BUNDLE_LIMITS.maxBytes, 1024, TIB)
    },
    checkAnswers: read.flag('BERTH_CHECK_ANSWERS')
  };
  const socketBytes = Buffer.byteLength(config.socketPath);
  if (socketBytes > SOCKET_PATH_MAX_BYTES) {
    read.problems.push(
      `BERTH_SOCKET=${config.socketPath}: ${socketBytes} bytes long, want at most ${SOCKET_PATH_MAX_BYTES}`
    );
  }
  if (read.problems.length > 0) throw new Error(`invalid configuration\n  ${read.problems.join('\n  ')}`);
  return config;
}

/** By the XDG specification a relative or empty `XDG_CACHE_HOME` counts as not set. */
function defaultCacheFolder(env: Env): string {
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(env['HOME'] ?? homedir(), '.cache'), 'berth');
}
