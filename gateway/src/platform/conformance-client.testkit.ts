/** How the conformance suite speaks to a platform: submissions with short names, and waiting for states. */
import { RunSubmission } from '../contract/index.js';
import type { LogPage, PlatformChange, RunView, Verdict } from '../contract/index.js';
import type { Actor, Platform } from './platform.js';
import { until } from './until.testkit.js';

/** A fresh platform with two slots of `cpu`, an environment `default` that is ready, and an empty Jupyter root. */
export interface PlatformHarness {
  readonly platform: Platform;
  readonly actor: Actor;
  /** Writes a file; the path is from the Jupyter root. */
  put(path: string, text: string): Promise<void>;
  /** Its text, or `undefined`. */
  read(path: string): Promise<string | undefined>;
  /** How many processes of the run live. */
  countProcesses(runId: string): Promise<number>;
  /** Ends the gateway in good order and starts another one. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export const END_MS = 20_000;

/** Waits for the file that the run's variable GO names; SIGTERM ends it. */
export const WAITING_SCRIPT = `
import os, time
print('waiting', flush=True)
while not os.path.exists(os.environ['GO']):
    time.sleep(0.01)
print('done', flush=True)
`;

/** A notebook of these code cells. */
export function notebookOf(...sources: string[]): string {
  const rest = { cell_type: 'code', metadata: {}, outputs: [], execution_count: null };
  const cells = sources.map((source, index) => ({ ...rest, id: `c${index}`, source }));
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
}

/** A submission of one plain process with a short grace. */
export function submissionOf(notebook: string, more: Partial<RunSubmission> = {}): RunSubmission {
  return RunSubmission.parse({ notebook, framework: 'process', graceMs: 500, ...more });
}

/** One person at one platform. */
export class ConformanceClient {
  readonly changes: PlatformChange[] = [];
  private files = 0;

  constructor(readonly harness: PlatformHarness) {
    harness.platform.onChange(change => this.changes.push(change));
  }

  submit(notebook: string, more: Partial<RunSubmission> = {}): Promise<RunView> {
    const { platform, actor } = this.harness;
    return platform.submit(actor, submissionOf(notebook, more), new AbortController().signal);
  }

  verdict(notebook: string, more: Partial<RunSubmission> = {}): Promise<Verdict> {
    const { platform, actor } = this.harness;
    return platform.verdict(actor, submissionOf(notebook, more), new AbortController().signal);
  }

  run(id: string): Promise<RunView> {
    return this.harness.platform.run(this.harness.actor, id);
  }

  /** Waits until the run is in one of these phases. */
  phase(id: string, ...wanted: RunView['phase'][]): Promise<RunView> {
    return until(`${id} is ${wanted.join(' or ')}`, END_MS, async () => {
      const run = await this.run(id);
      return wanted.includes(run.phase) ? run : undefined;
    });
  }

  log(id: string, more: object = {}): Promise<LogPage> {
    return this.harness.platform.logs(this.harness.actor, id, { rank: '0', limit: 2_000, ...more });
  }

  async lines(id: string, more: object = {}): Promise<string[]> {
    return (await this.log(id, more)).lines.map(line => line.text);
  }

  /** Waits until the run has printed this line. */
  async printed(id: string, line: string): Promise<void> {
    await until(`${id} prints ${line}`, END_MS, async () => {
      const lines = await this.lines(id).catch((): string[] => []); // not started yet
      return lines.includes(line) ? true : undefined;
    });
  }

  /** Submits a run that goes on until the file `go` is put. */
  async waiting(more: Partial<RunSubmission> = {}): Promise<{ run: RunView; go: string }> {
    const go = `go-${(this.files += 1)}`;
    await this.harness.put('wait.py', WAITING_SCRIPT);
    const variables = { GO: `${this.harness.actor.rootFolder}/${go}` };
    return { run: await this.submit('wait.py', { variables, ...more }), go };
  }

  /** The same, when it has begun to wait. */
  async running(more: Partial<RunSubmission> = {}): Promise<{ run: RunView; go: string }> {
    const { run, go } = await this.waiting(more);
    await this.printed(run.id, 'waiting');
    return { run: await this.phase(run.id, 'Running'), go };
  }

  /** Ends all that still goes on. */
  async endAll(): Promise<void> {
    const { platform, actor } = this.harness;
    for (const { id, actions } of await platform.runs(actor)) {
      if (actions.includes('cancel')) await platform.cancel(actor, id);
      await this.phase(id, 'Succeeded', 'Failed', 'Cancelled', 'Lost');
    }
  }
}
