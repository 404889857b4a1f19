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
  /**
   * Whether what no definition refers to and nobody used for weeks is deleted at the start. Only for who has the
   * person's own definitions: whoever opens the cache with others takes everything for orphans. Default: no.
   */
  readonly collectOrphansAtStart?: boolean;
  /** How long opening waits for definitions to be read; reading goes on afterwards. Default: 5 s. */
  readonly openWithinMs?: number;
  /** After how long of reading one definition uv counts as hanging. Default: 10 s. */
  readonly readWithinMs?: number;
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

/** Resolves when the work is done or the time is up; what is wrong with the work is for others. */
export async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>(resolve => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
}
