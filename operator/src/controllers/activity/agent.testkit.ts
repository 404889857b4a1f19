/** An agent as a workspace's pod has one: a real HTTP server, whose readings and moods a test decides. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { JudgeSays } from '../../plan/activity/exchange.js';
import type { AgentSays, Evidence, SnoozeRequest } from '../../plan/activity/index.js';
import { AGENT_PORT } from '../workspace/children.js';

export const READ_EVERY_MS = 5_000;

/** `well`; `silent`: hears and never answers; `forbids`, `fails`: 403 and 500; `floods`: too much; `babbles`: no JSON, or a lie. */
export type Mood = 'well' | 'silent' | 'forbids' | 'fails' | 'floods' | 'babbles' | 'lies';

export interface HeardWord {
  readonly says: JudgeSays;
  readonly authorization: string;
}

const QUIET: Evidence = { kernels: [], processes: [], terminals: [], input_t: null, tabs: 1, leases: [] };

export function kernelEvidence(change: Partial<Evidence['kernels'][number]> = {}): Evidence['kernels'][number] {
  return {
    id: 'kernel-1',
    state: 'idle',
    path: 'work.ipynb',
    name: 'work.ipynb',
    cpu_s: 1,
    executions: 0,
    waits_input: false,
    input_t: null,
    gpu: 'none',
    gpu_util: null,
    gpu_mem_mib: null,
    ...change
  };
}

export class TestAgent {
  mood: Mood = 'well';
  evidence: Evidence = QUIET;
  /** Asked for and not answered. */
  snoozes: SnoozeRequest[] = [];
  /** What its person asks for. */
  wish: AgentSays['wish'] = null;
  /** So many readings fit into one answer. */
  pieces = Infinity;
  /** What happens while it hears. */
  beforeAnswer: (says: JudgeSays) => void = () => undefined;
  readonly heard: HeardWord[] = [];
  readonly done: string[] = [];
  readonly host: string;
  readonly #server: Server;
  readonly #nowMs: () => number;
  #seq = 0;
  readonly #readings: AgentSays['readings'] = [];
  readonly #hanging = new Set<ServerResponse>();

  private constructor(host: string, server: Server, nowMs: () => number) {
    this.host = host;
    this.#server = server;
    this.#nowMs = nowMs;
  }

  /** At an address of its own of this machine: the port is the same for all. */
  static async start(host: string, nowMs: () => number): Promise<TestAgent> {
    const server = createServer((request, response) => {
      void text(request).then(body => agent.#answer(response, body, request.headers.authorization ?? ''));
    });
    const agent = new TestAgent(host, server, nowMs);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(AGENT_PORT, host, resolve);
    });
    return agent;
  }

  /** Looks around. */
  read(): void {
    this.#seq += 1;
    this.#readings.push({ seq: this.#seq, t: this.#nowMs() / 1000, evidence: structuredClone(this.evidence) });
  }

  /** Keeps only the last readings, as one does whose workspace is idle for longer than it remembers. */
  forgets(but: number): void {
    this.#readings.splice(0, this.#readings.length - but);
  }

  asksToSnooze(id: string): void {
    this.snoozes.push({ id, subject: { kind: 'workspace' }, askedMs: this.#nowMs() });
  }

  async end(): Promise<void> {
    for (const response of this.#hanging) response.destroy();
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #answer(response: ServerResponse, body: string, authorization: string): void {
    const says = JudgeSays.parse(JSON.parse(body));
    this.heard.push({ says, authorization });
    if (this.mood === 'silent') return void this.#hanging.add(response);
    if (this.mood === 'forbids') return void response.writeHead(403).end();
    if (this.mood === 'fails') return void response.writeHead(500).end();
    if (this.mood === 'floods') return void response.end(JSON.stringify({ flood: 'x'.repeat(2 ** 22) }));
    if (this.mood === 'babbles') return void response.end('<html>');
    this.beforeAnswer(says);
    const answered = new Set(says.snoozes.map(({ id }) => id));
    this.snoozes = this.snoozes.filter(({ id }) => !answered.has(id));
    response.end(JSON.stringify({ ...this.#saysAfter(says.cursor), ...(this.mood === 'lies' && { nowMs: 'noon' }) }));
  }

  #saysAfter(cursor: JudgeSays['cursor']): AgentSays {
    return {
      version: 1,
      boot: 'boot-of-the-agent',
      nowMs: this.#nowMs(),
      readEveryMs: READ_EVERY_MS,
      readings: this.#readings.filter(({ seq }) => seq > (cursor?.seq ?? 0)).slice(0, this.pieces),
      snoozes: this.snoozes,
      done: this.done,
      wish: this.wish
    };
  }
}
