/**
 * The gateway's process, and the only place where its parts are put together.
 *
 * Its standard input may be a lock file that the starter has locked: it is held by being open, so nothing here reads or closes
 * descriptor 0, and every child gets another standard input. The process is crash-only: what it must not lose is on disk
 * before it is acknowledged, so a bug ends it at once and the next start goes on from there.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newToken, tokenCheck } from './auth/token.js';
import { type GatewayConfig, readConfig } from './config.js';
import { announce, withdraw } from './http/announcement.js';
import { createApp } from './http/app.js';
import { Leases } from './http/leases.js';
import { jsonLogger, type Logger } from './http/logger.js';
import { requirePrivate } from './http/require-private.js';
import { SYSTEM_TIMERS } from './http/timers.js';
import { drain, listenPrivately, requireFree } from './http/unix-server.js';
import { LocalActivity } from './platform/local/activity/index.js';
import { LocalCompute } from './platform/local/compute/index.js';
import { LocalEnvironments } from './platform/local/environments/index.js';
import { LocalPlatform } from './platform/local/index.js';
import { LocalKernels } from './platform/local/kernels/index.js';
import type { Platform } from './platform/platform.js';
import { makePrivateFolder } from './store/index.js';
import { EventJournal } from './stream/event-journal.js';
import { EventStream } from './stream/event-stream.js';

/** Filled in by `build.ts`. */
declare const BERTH_VERSION: string | undefined;

/** What is under way may finish for this long. */
const DRAIN_MS = 5_000;
/** Nothing holds the process longer than this once it ends. */
const END_MS = 15_000;
const REQUEST_MS = 60_000;

interface OpenPlatform {
  readonly platform: Platform;
  readonly close: () => Promise<void>;
}
type Reason = 'signal' | 'no lease';
type End = (reason: Reason) => void;

async function main(): Promise<void> {
  const clock = (): Date => new Date();
  process.stderr.on('error', () => undefined); // whoever read our log is gone; that is no reason to end
  const logger = jsonLogger(line => process.stderr.write(line), clock);
  process.on('uncaughtException', error => {
    logger.error('bug', { error });
    process.exit(1);
  });
  const config = readConfig(process.env);
  await makePrivateFolder(config.dataFolder);
  await requirePrivate(dirname(config.socketPath));
  await requireFree(config.socketPath); // before the platform takes up runs that another gateway may be looking after
  await serve(config, await openPlatform(config, logger, clock), logger, clock);
}

async function serve(config: GatewayConfig, open: OpenPlatform, logger: Logger, clock: () => Date): Promise<void> {
  const { platform } = open;
  const token = newToken();
  const isToken = tokenCheck(token);
  const health = { version: versionOf(), pid: process.pid, startedAtMs: clock().getTime() };
  const closing = new AbortController();
  let end: End = () => undefined;
  const leases = new Leases({
    lingerMs: config.lingerMs,
    startLingerMs: config.startLingerMs,
    timers: SYSTEM_TIMERS,
    onUnused: () => end('no lease')
  });
  const common = { platform, isToken, logger, timers: SYSTEM_TIMERS, newRequestId: randomUUID };
  const journal = new EventJournal(randomBytes(6).toString('hex'));
  const stream = new EventStream({ ...common, journal });
  const app = createApp({ ...common, leases, health, closing: closing.signal, checkAnswers: config.checkAnswers });
  const server = createServer({ requestTimeout: REQUEST_MS }, app);
  stream.attach(server);
  end = endOnce(logger, async () => {
    leases.stop();
    closing.abort();
    await withdraw(config.dataFolder, process.pid);
    const deadline = AbortSignal.timeout(DRAIN_MS);
    await Promise.all([stream.close(deadline), drain(server, deadline)]);
    await open.close();
  });
  await listenPrivately(server, config.socketPath);
  await announce(config.dataFolder, { ...health, socket: config.socketPath, token });
  endOnSignals(end);
  leases.start();
  logger.info('gateway listens', { ...health, socket: config.socketPath });
}

/** The platform and what only it uses. */
async function openPlatform(config: GatewayConfig, log: Logger, clock: () => Date): Promise<OpenPlatform> {
  const assets = assetsFolderOf(config);
  const { cacheFolder, kernelsFolder, uvPath, pythonPath, dataFolder, bundleLimits } = config;
  const lockFolder = join(assets, 'environments');
  const launcherFolder = join(assets, 'launcher', 'berth_launcher');
  const common = { pythonPath, dataFolder, variables: process.env, log, clock };
  const environments = await LocalEnvironments.open({
    ...{ ...common, cacheFolder, kernelsFolder, lockFolder, uvPath },
    collectOrphansAtStart: true
  });
  const compute = await LocalCompute.open(common);
  const kernels = await LocalKernels.open({ folder: join(dataFolder, 'kernels'), environments, compute, log, clock });
  const { idlePolicyFile: policyFile } = config;
  const activity = await LocalActivity.open({ folder: join(dataFolder, 'activity'), policyFile, log, clock });
  const parts = { environments, compute, kernels, activity };
  const platform = await LocalPlatform.open({ ...common, ...parts, launcherFolder, bundleLimits });
  const close = async (): Promise<void> => {
    await platform.close();
    await kernels.close();
    await compute.close();
    await environments.close();
  };
  return { platform, close };
}

/** A function that ends the process in good order, however often it is called. */
function endOnce(logger: Logger, close: () => Promise<void>): End {
  let isEnding = false;
  return reason => {
    if (isEnding) return;
    isEnding = true;
    logger.info('gateway ends', { reason });
    SYSTEM_TIMERS.after(END_MS, () => {
      logger.error('ending took too long');
      process.exit(1);
    });
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('ending failed', { error });
        process.exit(1);
      }
    );
  };
}

/** The first signal ends in good order, a second one at once. */
function endOnSignals(end: End): void {
  let isSecond = false;
  const onSignal = (): void => {
    if (isSecond) process.exit(1);
    isSecond = true;
    end('signal');
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** `launcher/` and `environments/` lie beside the bundle, or in the package above `src/` and `lib/`. */
function assetsFolderOf(config: GatewayConfig): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return config.assetsFolder ?? (existsSync(join(here, 'launcher')) ? here : dirname(here));
}

function versionOf(): string {
  return typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'unbuilt';
}

main().catch((error: unknown) => {
  const problem = error instanceof Error ? error.message : String(error);
  jsonLogger(
    line => process.stderr.write(line),
    () => new Date()
  ).error('gateway cannot start', { problem });
  process.exit(1);
});
