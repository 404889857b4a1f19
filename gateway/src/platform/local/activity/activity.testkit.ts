/** For tests: a judge with its files in a folder of its own, an agent that keeps to the protocol, and one clock that the test moves. */
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentSays, JudgeSays } from '@berth/operator/plan';
import type { Evidence, Judgement, KernelEvidence, PolicyPart, SnoozeAnswer, Subject } from '@berth/operator/plan';
import type { PlatformLog } from '../ports.js';
import { LocalActivity } from './local-activity.js';
import type { NumberedReading } from './new-readings.js';

const FILE = 'judge.json';

/** An idle kernel on the processors, or as the test says. */
export function kernelOf(id: string, more: Partial<KernelEvidence> = {}): KernelEvidence {
  return {
    id,
    state: 'idle',
    path: `${id}.ipynb`,
    name: `${id}.ipynb`,
    cpu_s: 1,
    executions: 0,
    waits_input: false,
    input_t: null,
    gpu: 'none',
    gpu_util: null,
    gpu_mem_mib: null,
    ...more
  };
}

/** Kernels and nothing else. */
export function evidenceOf(kernels: readonly KernelEvidence[]): Evidence {
  return { kernels: [...kernels], processes: [], terminals: [], input_t: null, tabs: 1, leases: [] };
}

/** A policy under which a kernel that somebody waits for goes after ten minutes, announced two before. */
export const SHORT: PolicyPart = {
  kernel: { softSeconds: 600 },
  warnSeconds: 120,
  snooze: { stepSeconds: 300, budgetSeconds: 600, perSeconds: 86_400 }
};

export class ActivityWorld {
  nowMs = 1_800_000_000_000;
  readonly logged: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  judge!: LocalActivity;
  /** Jupyter's ids of the kernels that hold what somebody waits for. */
  waiting = new Set<string>();

  private constructor(readonly root: string) {}

  static async make(policy: PolicyPart = SHORT): Promise<ActivityWorld> {
    const world = new ActivityWorld(await mkdtemp(join(tmpdir(), 'berth-activity-')));
    await world.policy(policy);
    await world.open();
    return world;
  }

  get folder(): string {
    return join(this.root, 'activity');
  }

  /** Starts another gateway on the same folder; the former one is thought dead. */
  async open(): Promise<void> {
    const { folder, log } = this;
    const clock = (): Date => new Date(this.nowMs);
    this.judge = await LocalActivity.open({ folder, policyFile: join(this.root, 'idle-policy.json'), log, clock });
  }

  async policy(part: unknown): Promise<void> {
    const text = typeof part === 'string' ? part : JSON.stringify(part);
    await writeFile(join(this.root, 'idle-policy.json'), text);
  }

  /** What is remembered on disk, and with what it is replaced. */
  recorded(): Promise<string> {
    return readFile(join(this.folder, FILE), 'utf8').catch(() => '');
  }

  async record(text: string): Promise<void> {
    await writeFile(join(this.folder, FILE), text);
  }

  async files(): Promise<string[]> {
    return (await readdir(this.folder)).sort();
  }

  /** Of the folder and its file. */
  async modes(): Promise<number[]> {
    const found = await Promise.all([this.folder, join(this.folder, FILE)].map(path => stat(path)));
    return found.map(({ mode }) => mode & 0o777);
  }

  /** From now on nothing can be written there. */
  async loseFolder(): Promise<void> {
    await rename(this.folder, `${this.folder}.lost`);
  }

  async giveFolderBack(): Promise<void> {
    await rename(`${this.folder}.lost`, this.folder);
  }

  messages(level: string): string[] {
    return this.logged.filter(line => line.level === level).map(({ message }) => message);
  }

  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  private get log(): PlatformLog {
    const at =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
        void this.logged.push({ level, message, fields });
    return { error: at('error'), warn: at('warn'), info: at('info') };
  }
}

/** An agent: it looks, tells what the judge has not got yet, and does what it is told. */
export class ScriptedAgent {
  kernels: readonly KernelEvidence[] = [];
  wish: PolicyPart | null = null;
  snoozes: AgentSays['snoozes'] = [];
  done: string[] = [];
  /** Jupyter's ids of the kernels that it has released, each as often as it did. */
  readonly released: string[] = [];
  /** What the judge said last. */
  heard: JudgeSays | undefined;
  readonly ring: NumberedReading[] = [];

  constructor(
    private readonly world: ActivityWorld,
    readonly boot = 'boot-0001'
  ) {}

  /** Looks every 15 seconds for so long, tells each time, and does as it is told. */
  async pass(seconds: number): Promise<JudgeSays> {
    for (let passed = 0; passed < seconds; passed += 15) {
      this.world.nowMs += 15_000;
      this.look();
      this.obey(await this.tell());
    }
    return this.last();
  }

  look(): void {
    const t = this.world.nowMs / 1_000 - 0.012_345_7; // agents do not look at whole milliseconds
    this.ring.push({ seq: this.ring.length + 1, t, evidence: evidenceOf(this.kernels) });
  }

  /** What it would say now. */
  says(more: Partial<AgentSays> = {}): AgentSays {
    const cursor = this.heard?.cursor;
    const after = cursor?.boot === this.boot ? cursor.seq : 0;
    const readings = this.ring.filter(({ seq }) => seq > after);
    const { boot, snoozes, done, wish } = this;
    const { nowMs } = this.world;
    return { version: 1, boot, nowMs, readEveryMs: 15_000, readings, snoozes, done: [...done], wish, ...more };
  }

  /** Tells it, and hears the answer; a judge that wants all of it gets all. */
  async tell(more: Partial<AgentSays> = {}): Promise<JudgeSays> {
    this.heard = await this.send(more);
    if (this.heard.cursor === null) this.heard = await this.send(more);
    return this.heard;
  }

  /** Tells it, but the answer, which is as agents want it, is lost. */
  async send(more: Partial<AgentSays> = {}): Promise<JudgeSays> {
    return JudgeSays.parse(await this.world.judge.judge(AgentSays.parse(this.says(more)), this.world.waiting));
  }

  /** Asks for a snooze of a kernel until it has an answer. */
  async snooze(
    id: string,
    kernel: string,
    more: Partial<{ subject: Subject }> = {}
  ): Promise<SnoozeAnswer | undefined> {
    const subject: Subject = { kind: 'kernel', id: kernel };
    this.snoozes = [{ id, subject, askedMs: this.world.nowMs, ...more }];
    const { snoozes } = await this.tell();
    this.snoozes = [];
    return snoozes.find(answer => answer.id === id);
  }

  obey({ orders }: JudgeSays): void {
    this.done = this.done.filter(id => orders.some(order => order.id === id));
    for (const { id, kernel } of orders) {
      if (this.done.includes(id) || kernel === null) continue;
      this.released.push(kernel);
      this.done.push(id);
      this.kernels = this.kernels.filter(one => one.id !== kernel);
    }
  }

  judgement(kernel: string): Judgement {
    const found = this.last().judgements.find(({ subject }) => subject.kind === 'kernel' && subject.id === kernel);
    if (found === undefined) throw new Error(`nothing is said of ${kernel}`);
    return found;
  }

  private last(): JudgeSays {
    if (this.heard === undefined) throw new Error('the judge has said nothing yet');
    return this.heard;
  }
}
