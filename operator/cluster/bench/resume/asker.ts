/** When JupyterLab answers, asked every 20 ms from a pod in the platform's namespace. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PLATFORM_NAMESPACE } from '../../testkit/install-chart.ts';
import { type Kubectl, kubectlEnvironment } from '../../kubectl.ts';
import type { Answer, Question } from './ask.ts';

const POD = 'asker';

export class Asker {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly waiting = new Map<string, (atMs: number) => void>();

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.child = child;
    createInterface({ input: child.stdout }).on('line', line => {
      const { url, atMs } = JSON.parse(line) as Answer;
      this.waiting.get(url)?.(atMs);
      this.waiting.delete(url);
    });
  }

  /** `image` holds Node. */
  static async start(kubectl: Kubectl, image: string): Promise<Asker> {
    const inPlatform = kubectl.in(PLATFORM_NAMESPACE);
    await inPlatform.apply([pod(image)]);
    await inPlatform.run(['wait', '--for=condition=Ready', `pod/${POD}`, '--timeout=60s']);
    const script = await readFile(path.join(import.meta.dirname, 'ask.ts'), 'utf8');
    const command = ['node', '--input-type=module-typescript', '--eval', script];
    const args = [
      `--kubeconfig=${kubectl.kubeconfig}`,
      '--namespace',
      PLATFORM_NAMESPACE,
      'exec',
      '--stdin',
      POD,
      '--'
    ];
    const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
    return new Asker(spawn(kubectl.program, [...args, ...command], { stdio, env: kubectlEnvironment() }));
  }

  /** The moment, in ms since 1970, at which the server says yes to the token for the first time. */
  answers(server: string, token: string): Promise<number> {
    const question: Question = { url: `${server}/api/status`, token };
    const answered = new Promise<number>(resolve => this.waiting.set(question.url, resolve));
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    return answered;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.stdin.end();
    await ended;
  }
}

function pod(image: string): object {
  const container = { name: 'main', image, imagePullPolicy: 'Never', command: ['sleep', 'infinity'] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: POD }, spec: { containers: [container] } };
}
