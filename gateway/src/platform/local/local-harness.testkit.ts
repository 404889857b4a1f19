/** What the tests of this platform share: a world of its own in a temporary folder, real processes, real files. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PlatformError } from '../../contract/index.js';
import type { Environment, EnvironmentDetail, EnvironmentUse, Garbage, LockView } from '../../contract/index.js';
import type { PlatformHarness } from '../conformance-client.testkit.js';
import type { Actor } from '../platform.js';
import { LocalActivity } from './activity/index.js';
import { LocalCompute } from './compute/index.js';
import type { LocalComputeOptions } from './compute/index.js';
import { LocalPlatform } from './local-platform.js';
import type { LocalPlatformOptions } from './local-platform.js';
import { LocalKernels } from './kernels/index.js';
import type { PlatformEnvironments, PlatformLog } from './ports.js';

const READY: Environment = {
  name: 'default',
  hash: '0'.repeat(64),
  lockHash: 'a'.repeat(64),
  state: 'ready',
  message: '',
  progress: null,
  python: '3',
  packages: [],
  sizeBytes: null,
  kernelspec: 'berth-default',
  origin: 'berth',
  createdAtMs: 0,
  lastUsedAtMs: null,
  inUse: [],
  changed: []
};

/** A log that says nothing. */
export const SILENT: PlatformLog = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** One environment, `default`: an interpreter of this machine, in the state that the test says. */
export class InterpreterEnvironment implements PlatformEnvironments {
  private environment = READY;
  private uses: () => ReadonlyMap<string, readonly EnvironmentUse[]> = () => new Map();
  private readonly listeners = new Set<(environment: Environment) => void>();

  constructor(public interpreter: string) {}

  /** What `create` leads to; absent: nothing happens by itself. */
  onCreate: Partial<Environment> = {};

  become(change: Partial<Environment>): void {
    this.environment = { ...this.environment, ...change };
    for (const listener of this.listeners) listener(this.environment);
  }

  async list(): Promise<Environment[]> {
    return [this.environment];
  }

  async get(name: string): Promise<Environment> {
    if (name !== 'default') throw new PlatformError('not-found', `There is no environment ${name}; there is: default.`);
    return this.environment;
  }

  async create(name: string): Promise<Environment> {
    await this.get(name);
    this.become(this.onCreate);
    return this.environment;
  }

  async cancel(name: string): Promise<Environment> {
    return this.get(name);
  }

  async python(): Promise<string> {
    return this.interpreter;
  }

  async detail(name: string): Promise<EnvironmentDetail> {
    return { environment: await this.get(name), lock: '', contents: [] };
  }

  async define(): Promise<Environment> {
    throw new PlatformError('conflict', 'There is one environment, default, and no other is made.');
  }

  async repair(name: string): Promise<Environment> {
    return this.create(name);
  }

  async remove(name: string): Promise<void> {
    await this.get(name);
    const users = this.uses().get(name) ?? [];
    throw new PlatformError('conflict', `${name} is used by ${users.map(user => user.id).join(', ') || 'nobody'}.`);
  }

  async inspect(): Promise<LockView> {
    const problem = 'There is nobody here who reads locks.';
    return { lockHash: '', requiresPython: '', contents: [], requested: [], environments: [], problem };
  }

  async garbage(): Promise<Garbage> {
    return { folders: [] };
  }

  async collect(): Promise<Garbage> {
    return { folders: [] };
  }

  async kernelArgv(): Promise<string[]> {
    return [this.interpreter, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  }

  usedBy(uses: () => ReadonlyMap<string, readonly EnvironmentUse[]>): void {
    this.uses = uses;
  }

  onDeleted(): () => void {
    return () => undefined;
  }

  onChange(listener: (environment: Environment) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** A machine of two processors without GPUs, or as the test says. */
export function openCompute(more: Partial<LocalComputeOptions> = {}): Promise<LocalCompute> {
  const machine = { cores: 2, memoryBytes: 1024 ** 3 };
  return LocalCompute.open({ log: SILENT, clock: () => new Date(), variables: { PATH: '' }, machine, ...more });
}

/** A platform with kernels of its own, as a gateway opens both. */
export async function openPlatform(options: HarnessOptions): Promise<OpenedPlatform> {
  const { dataFolder, environments, compute, log, clock = () => new Date() } = options;
  const kernels = await LocalKernels.open({ folder: join(dataFolder, 'kernels'), environments, compute, log, clock });
  const policyFile = join(dataFolder, 'idle-policy.json');
  const activity = await LocalActivity.open({ folder: join(dataFolder, 'activity'), policyFile, log, clock });
  const platform = await LocalPlatform.open({ ...options, kernels, activity });
  const close = async (): Promise<void> => {
    await platform.close();
    await kernels.close();
  };
  return { platform, close };
}

export interface OpenedPlatform {
  readonly platform: LocalPlatform;
  readonly close: () => Promise<void>;
}

type HarnessOptions = Omit<LocalPlatformOptions, 'kernels' | 'activity'>;

export interface LocalHarness extends PlatformHarness {
  readonly platform: LocalPlatform;
  readonly environments: InterpreterEnvironment;
  readonly options: HarnessOptions;
  /** What the platform logged as warnings and errors. */
  readonly logged: string[];
  /** Starts another gateway on the same folder; the former one is thought dead. */
  open(): Promise<void>;
}

/** A platform of two slots in a folder of its own. */
export async function makeLocalHarness(more: Partial<HarnessOptions> = {}): Promise<LocalHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-local-'));
  const actor: Actor = { name: 'ada', rootFolder: join(folder, 'home') };
  await mkdir(actor.rootFolder);
  const environments = new InterpreterEnvironment(interpreterOf(process.env['BERTH_TEST_PYTHON'] ?? 'python3'));
  const logged: string[] = [];
  const note = (message: string, fields?: object): void => void logged.push(`${message} ${textOf(fields)}`);
  const options: HarnessOptions = {
    dataFolder: join(folder, 'data'),
    launcherFolder: launcherFolder(),
    pythonPath: environments.interpreter,
    environments,
    variables: process.env,
    compute: more.compute ?? (await openCompute()),
    log: { error: note, warn: note, info: () => undefined },
    ...more
  };
  const opened = [await openPlatform(options)];
  const platform = (): LocalPlatform => (opened[0] as OpenedPlatform).platform;
  const open = async (): Promise<void> => void opened.unshift(await openPlatform(options));
  return {
    ...harnessFiles(actor),
    actor,
    environments,
    options,
    logged,
    get platform() {
      return platform();
    },
    countProcesses: async id => (await processesOf(id)).length,
    open,
    async reopen() {
      await opened[0]?.close();
      await open();
    },
    async close() {
      await opened[0]?.close();
      await options.compute.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };
}

function harnessFiles({ rootFolder }: Actor): Pick<PlatformHarness, 'put' | 'read'> {
  return {
    async put(path, text) {
      const file = join(rootFolder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    read: path => readFile(join(rootFolder, path), 'utf8').catch(() => undefined)
  };
}

/** The living processes of a run: all of them carry its name in their environment. */
export async function processesOf(runId: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const marked = await Promise.all(
    pids.map(async pid => {
      const [variables, state] = await Promise.all([
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
        readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      ]);
      return variables.split('\0').includes(`BERTH_RUN_ID=${runId}`) && !/\) [ZX] /.test(state) ? [Number(pid)] : [];
    })
  );
  return marked.flat();
}

/** Where this package keeps the launcher, whatever folder the tests are run from. */
export function launcherFolder(): string {
  return new URL('../../../launcher/berth_launcher', import.meta.url).pathname;
}

/** The interpreter itself: a version manager's shim in front of it would cost a second with each start. */
function interpreterOf(program: string): string {
  return execFileSync(program, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

function textOf(fields: object | undefined): string {
  return JSON.stringify(fields ?? {}, (_, value: unknown) =>
    value instanceof Error ? (value.stack ?? value.message) : value
  );
}
