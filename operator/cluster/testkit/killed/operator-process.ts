/** The operator as a process of this machine, with nothing but the rights of the chart's account. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { kubectlEnvironment } from '../../kubectl.ts';
import { PLATFORM_NAMESPACE } from '../install-chart.ts';

const LAST_WORDS = 20;

export interface OperatorProcessOptions {
  /** By which the lease says who leads. */
  readonly name: string;
  readonly bundle: string;
  /** Of the API server. */
  readonly url: string;
  readonly token: string;
  /** For its kubeconfig. */
  readonly folder: string;
}

export class OperatorProcess {
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private readonly ended: Promise<void>;
  private wasKilled = false;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.lines.push(...text.trim().split('\n')));
    this.ended = new Promise(resolve => child.once('close', () => resolve()));
  }

  static async start({ name, bundle, url, token, folder }: OperatorProcessOptions): Promise<OperatorProcess> {
    const file = path.join(folder, `${name}.kubeconfig`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      // Without that, plain HTTP is refused.
      clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }]
    };
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    const env = {
      ...kubectlEnvironment(),
      NODE_OPTIONS: '',
      KUBECONFIG: file,
      BERTH_NAMESPACE: PLATFORM_NAMESPACE,
      POD_NAME: name,
      BERTH_HEALTH_PORT: '0',
      BERTH_AGENT_KEY: 'k'.repeat(64),
      // Nothing of a plan is to come by itself.
      BERTH_IDLE_POLICY: JSON.stringify({ enabled: false }),
      // One after the other, so that a kill comes at one step of one plan.
      BERTH_WORKERS: '1'
    };
    return new OperatorProcess(name, spawn(process.execPath, [bundle], { stdio: ['ignore', 'ignore', 'pipe'], env }));
  }

  /** `kill -9`, at once; resolves when it has ended. */
  kill(): Promise<void> {
    this.wasKilled = true;
    this.child.kill('SIGKILL');
    return this.ended;
  }

  /** What it said last, where it has ended by itself. */
  get complaint(): string | undefined {
    const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
    if (!hasEnded || this.wasKilled) return undefined;
    return `an operator ended by itself with ${this.child.exitCode}:\n${this.lines.slice(-LAST_WORDS).join('\n')}`;
  }
}
