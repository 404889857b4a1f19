/** What the environments of this machine are told when they are opened. */
import type { PlatformLog } from '../ports.js';

export interface LocalEnvironmentsOptions {
  /** Environments go to `environments/` in it. */
  readonly cacheFolder: string;
  /** People's own definitions go to `environments/` in it. */
  readonly dataFolder: string;
  /** Jupyter's folder of kernelspecs. */
  readonly kernelsFolder: string;
  /** Holds the lock `<name>.lock` of each environment that ships with Berth, and `kernel-layer/kernel.lock`. */
  readonly lockFolder: string;
  readonly uvPath: string;
  /** The interpreter that environments are based on; default: the `python3` on the path. */
  readonly pythonPath?: string;
  /** Our own environment variables: mirrors, proxies and uv's cache are taken from them. Default: the process's. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly log: PlatformLog;
  readonly clock: () => Date;
  /** Calls `act` each `ms` until the returned function is called; it does not keep the process alive. */
  readonly every?: (ms: number, act: () => void) => () => void;
}

/** The timer of this process. */
export function everyUnref(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms).unref();
  return () => clearInterval(timer);
}
