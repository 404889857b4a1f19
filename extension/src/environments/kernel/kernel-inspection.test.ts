import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { KernelInspection, type InspectedSession } from './kernel-inspection.js';

const text = (python: string): string =>
  `'${btoa(JSON.stringify({ python, implementation: 'cpython', platform: 'linux-x86_64', packages: {}, local: [] }))}'`;
const good = (python = '3.11.7'): object => ({
  status: 'ok',
  user_expressions: { berth: { status: 'ok', data: { 'text/plain': text(python) } } }
});

/** A session whose kernel answers when the test says so. */
class FakeSession {
  readonly answers: ((content: object | Error) => void)[] = [];
  readonly requests: object[] = [];
  readonly kernelChanged = new Signal<this, void>(this);
  readonly statusChanged = new Signal<this, Kernel.Status>(this);
  session: { kernel: object | null } = { kernel: this._kernel('python') };

  change(language: string | null): void {
    this.session = { kernel: language === null ? null : this._kernel(language) };
    this.kernelChanged.emit();
  }

  asContext(): InspectedSession {
    return this as unknown as InspectedSession;
  }

  private _kernel(language: string): object {
    return {
      isDisposed: false,
      status: 'idle',
      info: Promise.resolve({ language_info: { name: language } }),
      requestExecute: (request: object) => {
        this.requests.push(request);
        const done = new Promise((resolve, reject) =>
          this.answers.push(content => (content instanceof Error ? reject(content) : resolve({ content })))
        );
        return { done };
      }
    };
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !isSo(); turn += 1) await Promise.resolve();
  expect(isSo()).toBe(true);
}

test('a kernel is looked into once, silently, however often it is asked for meanwhile', async () => {
  const session = new FakeSession();
  const inspection = new KernelInspection(session.asContext());
  expect(inspection.evidence).toBe('pending');
  const looks = [inspection.look(), inspection.look()];
  await until(() => session.answers.length === 1);
  session.answers[0]!(good());
  expect(await Promise.all(looks)).toEqual([inspection.evidence, inspection.evidence]);
  expect(inspection.evidence).toMatchObject({ python: '3.11.7' });
  expect(session.requests).toMatchObject([
    { code: '', silent: true, store_history: false, stop_on_error: false, allow_stdin: false }
  ]);
});

test('after a restart nothing that was seen before counts', async () => {
  const session = new FakeSession();
  const inspection = new KernelInspection(session.asContext());
  await until(() => session.answers.length === 1);
  session.statusChanged.emit('restarting');
  session.answers[0]!(new Error('Canceled'));
  await until(() => session.answers.length === 2);
  expect(inspection.evidence).toBe('pending');
  session.answers[1]!(good('3.12.4'));
  await until(() => inspection.evidence !== 'pending');
  expect(inspection.evidence).toMatchObject({ python: '3.12.4' });
});

test('a restarted kernel of which Lab knows no state stays unread, and its indicator says "unknown" for ever', async () => {
  const session = new FakeSession();
  const inspection = new KernelInspection(session.asContext());
  await until(() => session.answers.length === 1);
  session.answers[0]!(good());
  await until(() => inspection.evidence !== 'pending');
  session.statusChanged.emit('restarting');
  session.statusChanged.emit('unknown');
  await until(() => session.answers.length === 2);
  session.answers[1]!(good('3.12.4'));
  await until(() => inspection.evidence !== 'pending');
  expect(inspection.evidence).toMatchObject({ python: '3.12.4' });
});

test('a cell that fails takes the look behind it along: it is asked again, but not for ever', async () => {
  const session = new FakeSession();
  const inspection = new KernelInspection(session.asContext());
  for (let tries = 1; tries <= 3; tries += 1) {
    await until(() => session.answers.length === tries);
    session.answers[tries - 1]!({ status: 'aborted' });
  }
  await until(() => inspection.evidence !== 'pending');
  expect(inspection.evidence).toBe('unknown');
  expect(session.answers).toHaveLength(3);
});

test('a kernel of another language is unknown and is asked nothing; without a kernel there is none', async () => {
  const session = new FakeSession();
  session.change('R');
  const inspection = new KernelInspection(session.asContext());
  await until(() => inspection.evidence !== 'pending');
  expect(inspection.evidence).toBe('unknown');
  session.change(null);
  expect(inspection.evidence).toBe('none');
  expect(session.requests).toEqual([]);
});

test('a connection that is cut leaves it unknown', async () => {
  const session = new FakeSession();
  const inspection = new KernelInspection(session.asContext());
  await until(() => session.answers.length === 1);
  session.answers[0]!(new Error('Canceled'));
  await until(() => inspection.evidence !== 'pending');
  expect(inspection.evidence).toBe('unknown');
});
