/** JupyterLab in a workspace, as its person reaches it from their own machine: through the API server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { type Kubectl, kubectlEnvironment } from '../kubectl.js';

/** `kubectl port-forward` to the Service of a workspace, as `user`; for as long as the pod lives that it goes to. */
export class PortForward {
  readonly url: string;
  private readonly token: string;
  private readonly process: ChildProcess;

  private constructor(url: string, token: string, process: ChildProcess) {
    this.url = url;
    this.token = token;
    this.process = process;
  }

  /** @throws Error when nothing answers */
  static async begin(
    kubectl: Kubectl,
    user: string,
    workspace: string,
    namespace: string,
    port: number
  ): Promise<PortForward> {
    const service = `ws-${workspace}`;
    const who = [`--kubeconfig=${kubectl.kubeconfig}`, `--as=${user}`, `--namespace=${namespace}`];
    const args = [...who, 'port-forward', `service/${service}`, `${port}:80`];
    const child = spawn(kubectl.program, args, { stdio: 'ignore', env: kubectlEnvironment() });
    const forward = new PortForward(
      `http://127.0.0.1:${port}`,
      await tokenOf(kubectl, user, service, namespace),
      child
    );
    await waitUntil(`${service} answers`, 30_000, async () => {
      const answer = await forward.ask('GET', '/api/status').catch(() => undefined);
      return answer?.ok === true;
    });
    return forward;
  }

  ask(method: string, route: string, body?: object): Promise<Response> {
    const headers = { Authorization: `token ${this.token}` };
    return fetch(`${this.url}${route}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  get address(): string {
    return `${this.url}/lab?token=${this.token}`;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'close');
    this.process.kill();
    await ended;
  }
}

/** As its person reads it. */
async function tokenOf(kubectl: Kubectl, user: string, secret: string, namespace: string): Promise<string> {
  const read = ['get', 'secret', secret, '-o', 'jsonpath={.data.token}', `--as=${user}`];
  return Buffer.from(await kubectl.in(namespace).run(read), 'base64').toString();
}
