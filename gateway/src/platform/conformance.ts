/// <reference types="jest" />
/**
 * The one suite that every platform passes. It knows the port and the contract only; what it has to know of the world
 * behind it (files beside the notebook, living processes, a restart) a harness tells.
 */
import { RunView, Verdict } from '../contract/index.js';
import { ConformanceClient, END_MS, notebookOf, submissionOf, WAITING_SCRIPT } from './conformance-client.testkit.js';
import type { PlatformHarness } from './conformance-client.testkit.js';
import { computeConformance } from './conformance-compute.testkit.js';
import { until } from './until.testkit.js';

/** Declares the suite for one platform. */
export function platformConformance(name: string, makeHarness: () => Promise<PlatformHarness>): void {
  describe(`the platform ${name}`, () => {
    let harness: PlatformHarness;
    let client: ConformanceClient;

    beforeEach(async () => {
      harness = await makeHarness();
      client = new ConformanceClient(harness);
    });
    afterEach(async () => {
      await client.endAll();
      await harness.close();
    });

    test('a notebook is run to its end, with its log, progress and results', async () => {
      await harness.put('work/data.txt', 'forty-two');
      const cells = [
        'import json, os, sys, pathlib',
        `print(open('data.txt').read())\nprint('to stderr', file=sys.stderr)`,
        `for step in (1, 2):\n    print(json.dumps({'berth': {'step': step, 'progress': step / 2, 'metrics': {'loss': 1 / step}}}))`,
        `pathlib.Path(os.environ['BERTH_CHECKPOINT_DIR'], 'model').write_text('weights')`,
        `pathlib.Path(os.environ['BERTH_OUTPUT_DIR'], 'report.txt').write_text('good')\npathlib.Path('made.txt').write_text('here')`
      ];
      await harness.put('work/My Notebook.ipynb', notebookOf(...cells));
      const submitted = await client.submit('work/My Notebook.ipynb');
      expect(submitted.id).toMatch(/^my-notebook-[a-z0-9]{5}$/);
      expect(submitted.bundle).toMatchObject({ files: 2, gitCommit: null });
      const run = RunView.parse(await client.phase(submitted.id, 'Succeeded'));
      expect(run).toMatchObject({
        name: 'My Notebook',
        progress: 1,
        step: 2,
        reason: { code: 'Completed' },
        actions: ['delete']
      });
      expect(run.metrics).toEqual([
        {
          name: 'loss',
          last: 0.5,
          points: [
            [1, 1],
            [2, 0.5]
          ]
        }
      ]);
      expect(run.attempts).toMatchObject([
        { number: 1, cause: 'Completed', resumed: false, ranks: [{ rank: 0, exitCode: 0 }] }
      ]);
      expect(run.results).toEqual({ folder: `work/My Notebook.runs/${run.id}`, checkpoint: true, outputs: 2 });
      expect(await harness.read(`${run.results.folder}/outputs/made.txt`)).toBe('here');
      expect(await harness.read(`${run.results.folder}/checkpoints/model`)).toBe('weights');
      const page = await client.log(run.id);
      expect(page).toMatchObject({ attempt: 1, rank: '0', dropped: false, end: true });
      expect(page.lines.map(({ stream, text }) => `${stream}: ${text}`)).toEqual(
        expect.arrayContaining(['stdout: forty-two', 'stderr: to stderr'])
      );
      expect((await client.log(run.id, { cursor: page.cursor })).lines).toEqual([]);
      let text = '';
      for await (const piece of harness.platform.logText(harness.actor, run.id, { rank: '0' })) text += piece;
      expect(text.split('\n')).toEqual([...page.lines.map(line => line.text), '']);
    });

    test('an error in the code names the rank and the cell', async () => {
      await harness.put('bad.ipynb', notebookOf('x = 1', 'y = 2\nraise ValueError("too bad")'));
      const run = await client.phase((await client.submit('bad.ipynb')).id, 'Failed');
      expect(run.reason).toMatchObject({ code: 'ExitCode' });
      expect(run.reason?.message).toContain('Rank 0 exited with code 1: ValueError: too bad (cell 2, line 2)');
      expect(run.attempts[0]?.ranks[0]?.lastError).toBe('ValueError: too bad (cell 2, line 2)');
      expect(run.actions).toEqual(['retry', 'delete']);
    });

    test('a cancelled run leaves no process, even one that ignores SIGTERM', async () => {
      await harness.put(
        'deaf.py',
        `
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)'], start_new_session=True)
print('deaf', flush=True)
time.sleep(600)
`
      );
      const { id } = await client.submit('deaf.py');
      await client.printed(id, 'deaf');
      expect(await harness.countProcesses(id)).toBeGreaterThanOrEqual(2);
      expect((await harness.platform.cancel(harness.actor, id)).phase).toBe('Stopping');
      const run = await client.phase(id, 'Cancelled');
      expect(run.reason?.code).toBe('Cancelled');
      await until('its processes are gone', END_MS, async () =>
        (await harness.countProcesses(id)) === 0 ? true : undefined
      );
    });

    test('a second attempt goes on from the checkpoint of the first', async () => {
      await harness.put(
        'resume.py',
        `
import os, pathlib, sys
model = pathlib.Path(os.environ['BERTH_CHECKPOINT_DIR'], 'model')
print('resume', os.environ.get('BERTH_RESUME'), 'attempt', os.environ['BERTH_ATTEMPT'], 'run', os.environ['BERTH_RUN_ID'])
if not model.exists():
    model.write_text('half')
    sys.exit(3)
print(model.read_text())
`
      );
      const { id } = await client.submit('resume.py');
      await client.phase(id, 'Failed');
      const retried = await harness.platform.retry(harness.actor, id);
      expect(retried).toMatchObject({ endedAtMs: null, submittedAtMs: expect.any(Number) as number });
      expect(retried.attempts[0]).toMatchObject({ number: 1, cause: 'ExitCode' });
      const run = await client.phase(id, 'Succeeded');
      expect(run.attempts).toMatchObject([
        { resumed: false, cause: 'ExitCode' },
        { resumed: true, cause: 'Completed' }
      ]);
      expect(await client.lines(id, { attempt: 1 })).toEqual([`resume None attempt 1 run ${id}`]);
      expect(await client.lines(id)).toEqual([`resume 1 attempt 2 run ${id}`, 'half']);
      await expect(harness.platform.retry(harness.actor, id)).rejects.toMatchObject({ code: 'conflict' });
    });

    test('runs wait in line by priority, then by submission, and say where', async () => {
      const first = await client.running();
      const second = await client.running();
      const third = await client.waiting();
      const fourth = await client.waiting();
      const urgent = await client.waiting({ priority: 5 });
      const position = async (id: string): Promise<unknown> => (await harness.platform.run(harness.actor, id)).position;
      expect([await position(urgent.run.id), await position(third.run.id), await position(fourth.run.id)]).toEqual([
        1, 2, 3
      ]);
      const verdict = Verdict.parse(await client.verdict('wait.py'));
      expect(verdict).toMatchObject({ verdict: 'wait', position: 4, problems: [] });
      expect(await harness.platform.offers(harness.actor)).toMatchObject([
        { id: 'cpu', slots: 2, used: 2, waiting: 3 }
      ]);
      expect((await harness.platform.cancel(harness.actor, third.run.id)).phase).toBe('Cancelled');
      expect(await position(fourth.run.id)).toBe(2);
      await harness.put(first.go, '');
      await client.phase(first.run.id, 'Succeeded');
      await client.phase(urgent.run.id, 'Running');
      expect((await harness.platform.run(harness.actor, fourth.run.id)).phase).toBe('Queued');
      for (const { go } of [second, urgent, fourth]) await harness.put(go, '');
      await client.phase(fourth.run.id, 'Succeeded');
    });

    test('one submission sent many times is one run', async () => {
      const again = { submissionId: 'click-0001', variables: { GO: `${harness.actor.rootFolder}/go` } };
      await harness.put('wait.py', WAITING_SCRIPT);
      const runs = await Promise.all([1, 2, 3].map(() => client.submit('wait.py', again)));
      expect(new Set(runs.map(run => run.id)).size).toBe(1);
      await harness.reopen();
      expect((await client.submit('wait.py', again)).id).toBe(runs[0]?.id);
      expect(await harness.platform.runs(harness.actor)).toHaveLength(1);
    });

    test('a submission that is cut leaves nothing', async () => {
      await harness.put('wait.py', WAITING_SCRIPT);
      const cut = new AbortController();
      const promise = harness.platform.submit(harness.actor, submissionOf('wait.py'), cut.signal);
      cut.abort();
      await expect(promise).rejects.toThrow();
      expect(await harness.platform.runs(harness.actor)).toEqual([]);
      expect(client.changes.filter(change => change.type === 'run')).toEqual([]);
    });

    test('what can never run says why, before and when it is submitted', async () => {
      await harness.put('ok.py', '');
      await harness.put('broken.ipynb', '{"nbformat": 4, "cells": [');
      await harness.put('magic.ipynb', notebookOf('x = 1', '%%cython\ncdef int x'));
      const cases = [
        ['ok.py', { processes: 0 }, 'invalid-input', 'processes'],
        ['ok.py', { processes: 1000, framework: 'torchrun' }, 'never-fits', 'processes'],
        ['ok.py', { offer: 'abacus' }, 'never-fits', 'offer'],
        ['ok.py', { environment: 'nowhere' }, 'not-found', 'environment'],
        ['none.ipynb', {}, 'not-found', 'notebook'],
        ['../ok.py', {}, 'invalid-input', 'notebook'],
        ['/etc/passwd.py', {}, 'invalid-input', 'notebook'],
        ['broken.ipynb', {}, 'invalid-input', 'notebook'],
        ['magic.ipynb', {}, 'invalid-input', 'cell 2']
      ] as const;
      for (const [notebook, more, code, field] of cases) {
        const verdict = Verdict.parse(await client.verdict(notebook, more));
        expect([notebook, verdict.verdict]).toEqual([notebook, 'never']);
        expect(verdict.problems.map(problem => problem.field)).toContain(field);
        expect(verdict.message).not.toMatch(/line \d.*line \d/i); // a place is told once
        await expect(client.submit(notebook, more)).rejects.toMatchObject({ name: 'PlatformError', code });
      }
      expect((await client.verdict('ok.py')).verdict).toBe('now');
      expect(await harness.platform.runs(harness.actor)).toEqual([]);
    });

    test('what cannot be done now is refused with its reason', async () => {
      const { run, go } = await client.running();
      const { platform, actor } = harness;
      await expect(platform.retry(actor, run.id)).rejects.toMatchObject({ code: 'conflict' });
      await expect(platform.delete(actor, run.id)).rejects.toMatchObject({ code: 'conflict' });
      await expect(client.log(run.id, { attempt: 7 })).rejects.toThrow('there is only attempt 1');
      await expect(client.log(run.id, { rank: '7' })).rejects.toThrow('there are 0 and "launcher"');
      await harness.put(go, '');
      await client.phase(run.id, 'Succeeded');
      await expect(platform.cancel(actor, run.id)).rejects.toThrow('is Succeeded');
      await platform.delete(actor, run.id);
      for (const gone of [platform.run(actor, run.id), platform.cancel(actor, run.id), client.log(run.id)]) {
        await expect(gone).rejects.toMatchObject({ code: 'not-found' });
      }
    });

    test('every change is told, in order', async () => {
      const { run, go } = await client.running();
      await harness.put(go, '');
      await client.phase(run.id, 'Succeeded');
      await harness.platform.delete(harness.actor, run.id);
      const phases = client.changes.flatMap(change => (change.type === 'run' ? [change.run.phase] : []));
      expect(phases.filter((one, index) => one !== phases[index - 1])).toEqual(['Starting', 'Running', 'Succeeded']);
      expect(client.changes.filter(change => change.type === 'log').length).toBeGreaterThan(0);
      expect(client.changes.flatMap(change => (change.type === 'offers' ? [change.offers[0]?.used] : []))).toEqual([
        1, 0
      ]);
      expect(client.changes.at(-1)).toEqual({ type: 'run-deleted', runId: run.id });
    });

    test('a run goes on while no gateway lives, and the next one takes it up', async () => {
      const { run, go } = await client.running();
      const before = await client.lines(run.id);
      await harness.reopen();
      expect(await client.phase(run.id, 'Running')).toMatchObject({
        id: run.id,
        attempts: [{ number: 1, cause: null }]
      });
      expect(await harness.platform.offers(harness.actor)).toMatchObject([{ used: 1 }]);
      await harness.put(go, '');
      expect((await client.phase(run.id, 'Succeeded')).attempts).toHaveLength(1);
      expect(await client.lines(run.id)).toEqual([...before, 'done']);
    });

    computeConformance(() => client);

    test('a deadline ends a run', async () => {
      const { run } = await client.running({ deadlineMs: 2_000 });
      const ended = await client.phase(run.id, 'Failed');
      expect(ended).toMatchObject({ reason: { code: 'DeadlineExceeded' }, attempts: [{ cause: 'DeadlineExceeded' }] });
    });
  });
}
