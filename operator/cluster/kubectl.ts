/** kubectl on one cluster. */
import { spawn } from 'node:child_process';
import { waitUntil } from '../../scripts/wait-until.ts';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster of this machine is not behind its proxy. */
export function kubectlEnvironment(): NodeJS.ProcessEnv {
  const { NO_PROXY = '' } = process.env;
  return { ...process.env, NO_PROXY: `${NO_PROXY},10.0.0.0/8,127.0.0.1` };
}

export class Kubectl {
  readonly program: string;
  readonly kubeconfig: string;
  private readonly namespace: string | undefined;

  constructor(program: string, kubeconfig: string, namespace?: string) {
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.namespace = namespace;
  }

  in(namespace: string): Kubectl {
    return new Kubectl(this.program, this.kubeconfig, namespace);
  }

  /** Runs to the end and returns what was printed, whatever the exit code is. */
  try(args: readonly string[], input?: string): Promise<KubectlResult> {
    const namespace = this.namespace === undefined ? [] : ['--namespace', this.namespace];
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, [`--kubeconfig=${this.kubeconfig}`, ...namespace, ...args], {
        stdio: 'pipe',
        env: kubectlEnvironment()
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.stdin.on('error', () => undefined); // it has ended before it read everything: its exit code says why
      child.stdin.end(input);
      child.once('error', reject).once('close', code => resolve({ code: code ?? 255, stdout, stderr }));
    });
  }

  /** Runs to the end and returns stdout; throws an Error with kubectl's complaint unless it ended with 0. */
  async run(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
    return stdout;
  }

  /** Server-side apply of objects or of YAML. CRDs are larger than what a client-side apply can keep in an annotation. */
  async apply(manifest: string | readonly object[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: manifest };
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(list);
    await this.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], text);
  }

  /** One object as the API server has it; undefined where there is none. */
  async get<T = Record<string, unknown>>(kind: string, name: string): Promise<T | undefined> {
    const text = await this.run(['get', kind, name, '--ignore-not-found', '-o', 'json']);
    return text === '' ? undefined : (JSON.parse(text) as T);
  }

  /** Waits until `isSo` holds for the object; throws naming `what` and the object as it is then. */
  async until<T = Record<string, unknown>>(
    what: string,
    [kind, name]: readonly [kind: string, name: string],
    isSo: (object: T) => boolean,
    timeoutMs = 60_000
  ): Promise<T> {
    let last: T | undefined;
    try {
      await waitUntil(what, timeoutMs, async () => {
        last = await this.get<T>(kind, name);
        return last !== undefined && isSo(last);
      });
    } catch (error) {
      throw new Error(`${String(error)}; ${kind} ${name} is now ${JSON.stringify(last, undefined, 1) ?? 'not there'}`);
    }
    return last as T;
  }
}
