/** For tests: kernels on a machine with as many GPUs as the test says, real processes, and a clock that it moves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelRequest, PlatformError } from '../../../contract/index.js';
import type { Environment, KernelLaunch, KernelLaunchPlan, KernelView } from '../../../contract/index.js';
import { until } from '../../until.testkit.js';
import { LocalCompute } from '../compute/index.js';
import type { ComputeClaim, KernelChange, PlatformLog } from '../ports.js';
import { LocalKernels } from './local-kernels.js';
import type { LocalKernelsOptions } from './local-kernels.js';

const T4 = new URL('../compute/fixtures/t4-driver-515.xml', import.meta.url);
export const GPU = 'gpu-tesla-t4';
export const SHARED_GPU = 'shared-tesla-t4';
const STRANGER = `<processes><process_info><pid>1</pid><type>C</type><process_name>python train.py</process_name>
  <used_memory>2048 MiB</used_memory></process_info></processes>`;
const LONG_MS = 10_000;
const PYTHON = '/environments/work/bin/python';

export class KernelsWorld {
  nowMs = 1_000_000;
  readonly changes: KernelChange[] = [];
  readonly logged: string[] = [];
  readonly states = new Map<string, Environment['state']>([
    ['default', 'ready'],
    ['work', 'ready']
  ]);
  /** What runs hold. */
  runs: ComputeClaim[] = [];
  kernels!: LocalKernels;
  private compute!: LocalCompute;
  private readonly processes: ChildProcess[] = [];

  private constructor(readonly root: string) {}

  /** @param shares by how many each GPU is shared; then a stranger computes on each */
  static async make(gpus: number, shares?: number): Promise<KernelsWorld> {
    const world = new KernelsWorld(await mkdtemp(join(tmpdir(), 'berth-kernels-')));
    await mkdir(world.actor.rootFolder);
    world.compute = await LocalCompute.open({
      log: world.log,
      clock: () => new Date(world.nowMs),
      variables: { PATH: process.env['PATH'], ...(shares === undefined ? {} : { BERTH_GPU_SHARES: String(shares) }) },
      machine: { cores: 4, memoryBytes: 1024 ** 3 },
      nvidiaSmi: await world.nvidiaSmi(gpus, shares === undefined ? '' : STRANGER)
    });
    await world.open();
    return world;
  }

  get actor(): { name: string; rootFolder: string } {
    return { name: 'ada', rootFolder: join(this.root, 'home') };
  }

  get folder(): string {
    return join(this.root, 'kernels');
  }

  /** Starts another gateway on the same folder; the former one is thought dead, but for its clock. */
  async open(options: Partial<LocalKernelsOptions> = {}): Promise<void> {
    const { folder, compute, log } = this;
    const environments = {
      get: async (name: string) => this.environment(name),
      python: async () => PYTHON,
      kernelArgv: async () => [PYTHON, '-m', 'ipykernel_launcher', '-f', '{connection_file}']
    };
    const clock = (): Date => new Date(this.nowMs);
    this.kernels = await LocalKernels.open({ folder, environments, compute, log, clock, ...options });
    this.kernels.besides(() => this.runs);
    this.kernels.onChange(change => this.changes.push(change));
  }

  claim(notebook: string, fields: object = {}): Promise<KernelView> {
    const request = KernelRequest.parse({ notebook, environment: 'work', ...fields });
    return this.kernels.claim(this.actor, request);
  }

  launch(notebook: string | null, fields: Partial<KernelLaunch> = {}): Promise<KernelLaunchPlan> {
    const path = notebook === null ? null : join(this.actor.rootFolder, notebook);
    const launch = { kernelId: 'jupyter-1', environment: 'work', notebook: path, restart: false, ...fields };
    return this.kernels.launch(this.actor, launch);
  }

  /** Launches it, and tells of a real process. */
  async run(
    notebook: string | null,
    fields: Partial<KernelLaunch> = {}
  ): Promise<{ id: string; kill: () => Promise<void> }> {
    const { id } = await this.launch(notebook, fields);
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    this.processes.push(child);
    await this.kernels.started(id, child.pid ?? 0);
    return { id, kill: () => kill(child) };
  }

  /** Moves the clock, and has the kernels looked at. */
  async pass(seconds: number): Promise<void> {
    this.nowMs += seconds * 1_000;
    await this.look();
  }

  /** A look that has begun and ended after this call. */
  async look(): Promise<void> {
    this.kernels.nudge();
    // whatever is asked waits for the looks before it
    await this.kernels.release('nobody-00000').catch(() => undefined);
  }

  view(id: string): KernelView | undefined {
    return this.kernels.list().find(kernel => kernel.id === id);
  }

  /** Why it went; undefined while it is there. */
  endOf(id: string): string | undefined {
    return this.changes.flatMap(change =>
      change.type === 'kernel-deleted' && change.id === id ? change.reason : []
    )[0];
  }

  async untilGone(id: string): Promise<string> {
    return until(`${id} is gone`, LONG_MS, async () => this.endOf(id));
  }

  /** Slots of the GPU offer that are held. */
  slotsHeld(): number {
    const held = this.kernels.claims().filter(({ offer, state }) => offer === GPU && state === 'holding');
    return held.reduce((sum, { slots }) => sum + slots, 0);
  }

  async close(): Promise<void> {
    await this.kernels.close();
    await this.compute.close();
    await Promise.all(this.processes.map(kill));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  private get log(): PlatformLog {
    const note = (message: string): void => void this.logged.push(message);
    return { error: note, warn: note, info: () => undefined };
  }

  private async environment(name: string): Promise<Environment> {
    const state = this.states.get(name);
    if (state === undefined) throw new PlatformError('not-found', `There is no environment ${name}.`);
    return {
      ...{
        name,
        state,
        hash: '0'.repeat(64),
        lockHash: 'a'.repeat(64),
        message: state === 'failed' ? 'no network' : '',
        progress: null,
        python: '3.12.4'
      },
      ...{ packages: [], sizeBytes: null, kernelspec: `berth-${name}`, origin: 'berth', createdAtMs: 0 },
      ...{ lastUsedAtMs: null, inUse: [], changed: [] }
    };
  }

  /** A program that says what the real one said on a machine with one T4, for as many as are wanted. */
  private async nvidiaSmi(gpus: number, processes: string): Promise<string> {
    const recorded = (await readFile(T4, 'utf8')).replace(/<processes>[^]*?<\/processes>/, processes || '$&');
    const [gpu = ''] = /<gpu id[\s\S]*<\/gpu>/.exec(recorded) ?? [];
    const all = Array.from({ length: gpus }, (_, index) => gpu.replaceAll('GPU-00000014', `GPU-0000001${index}`));
    await writeFile(join(this.root, 'said.xml'), recorded.replace(gpu, all.join('\n')));
    const program = join(this.root, 'nvidia-smi');
    await writeFile(program, `#!/bin/sh\nexec cat '${join(this.root, 'said.xml')}'\n`);
    await chmod(program, 0o755);
    return program;
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
}
