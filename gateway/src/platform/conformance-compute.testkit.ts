/// <reference types="jest" />
/** The part of the suite about compute: what runs and kernels find, what they hold, and what they keep from others. */
import { KernelLaunchPlan, KernelRequest, KernelView, Offer, RunView, Usage } from '../contract/index.js';
import { END_MS } from './conformance-client.testkit.js';
import type { ConformanceClient } from './conformance-client.testkit.js';
import { until } from './until.testkit.js';

const SEEING_SCRIPT = `
import os
for name in ('BERTH_OFFER', 'BERTH_ENVIRONMENT', 'BERTH_LOCK_HASH', 'CUDA_VISIBLE_DEVICES'):
    print(name, repr(os.environ.get(name)))
`;

/** Declares the tests; `clientOf` gives the client of the test that runs. */
export function computeConformance(clientOf: () => ConformanceClient): void {
  test('a run finds what it runs with, and its view says the same', async () => {
    const client = clientOf();
    await client.harness.put('see.py', SEEING_SCRIPT);
    const variables = { BERTH_OFFER: 'all', CUDA_VISIBLE_DEVICES: '0,1' };
    const run = RunView.parse(await client.phase((await client.submit('see.py', { variables })).id, 'Succeeded'));
    expect(run).toMatchObject({ devices: [], lockHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(await client.lines(run.id)).toEqual([
      "BERTH_OFFER 'cpu'",
      "BERTH_ENVIRONMENT 'default'",
      `BERTH_LOCK_HASH '${run.lockHash}'`,
      "CUDA_VISIBLE_DEVICES ''"
    ]);
  });

  test('a kernel on the processors is ready at once, is told of, and keeps no run waiting', async () => {
    const client = clientOf();
    const { platform, actor } = client.harness;
    await client.harness.put('wait.py', '');
    await client.harness.put('work.ipynb', '{}');
    const request = KernelRequest.parse({ notebook: 'work.ipynb', environment: 'default', count: 2 });
    expect(await platform.kernelVerdict(actor, request)).toMatchObject({ verdict: 'now', problems: [] });
    const { id } = await platform.claimKernel(actor, request);
    const ready = await until('the kernel is ready', END_MS, async () => {
      return (await platform.kernels(actor)).find(kernel => kernel.id === id && kernel.phase === 'Ready');
    });
    expect(KernelView.parse(ready)).toMatchObject({ devices: [], offer: 'cpu', count: 2 });
    expect(client.changes.some(change => change.type === 'kernel' && change.kernel.id === id)).toBe(true);
    const [cpu] = (await platform.offers(actor)).map(offer => Offer.parse(offer));
    expect(cpu).toMatchObject({ used: 0, holders: [{ kind: 'kernel', id, slots: 0 }] });
    const all = { framework: 'torchrun', processes: 2 } as const;
    expect((await client.verdict('wait.py', all)).verdict).toBe('now');
    const launch = {
      kernelId: 'k-1',
      environment: 'default',
      notebook: `${actor.rootFolder}/work.ipynb`,
      restart: false
    };
    const plan = KernelLaunchPlan.parse(await platform.launchKernel(actor, launch));
    expect(plan).toMatchObject({
      id,
      variables: { BERTH_OFFER: 'cpu', BERTH_ENVIRONMENT: 'default', CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '2' }
    });
    await platform.kernelEnded(actor, id);
    await until('the kernel is gone', END_MS, async () =>
      (await platform.kernels(actor)).length === 0 && client.changes.some(change => change.type === 'kernel-deleted')
        ? true
        : undefined
    );
  });

  test('an environment that a run needs cannot be deleted', async () => {
    const client = clientOf();
    const { run, go } = await client.running();
    const refused = client.harness.platform.deleteEnvironment(client.harness.actor, 'default');
    await expect(refused).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(run.id) as string
    });
    await client.harness.put(go, '');
    await client.phase(run.id, 'Succeeded');
  });

  test('who asks how busy everything is hears it at once, with every run that goes on', async () => {
    const client = clientOf();
    const { platform, actor } = client.harness;
    const { run } = await client.running();
    const { samples } = Usage.parse(await platform.usage(actor, { afterMs: 0 }));
    expect(samples).toMatchObject([{ machine: { coresTotal: 2 }, holders: [{ kind: 'run', id: run.id }] }]);
    const measured = await until('a rate', END_MS, async () => {
      const usage = await platform.usage(actor, { afterMs: samples[0]?.atMs ?? 0 });
      return usage.samples[0]?.holders[0];
    });
    expect(measured.cores).toBeGreaterThanOrEqual(0);
    expect(measured.memoryBytes).toBeGreaterThan(1_000_000);
  });
}
