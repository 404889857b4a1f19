import { ConformanceClient, notebookOf } from '../conformance-client.testkit.js';
import { InterpreterEnvironment, makeLocalHarness } from './local-harness.testkit.js';
import type { LocalHarness } from './local-harness.testkit.js';

jest.setTimeout(180_000);

const python = process.env['BERTH_TEST_TORCH_PYTHON'];
const why = python === undefined ? ' (skipped: BERTH_TEST_TORCH_PYTHON names no interpreter with PyTorch)' : '';

(python === undefined ? describe.skip : describe)(`under torchrun${why}`, () => {
  let harness: LocalHarness;
  let client: ConformanceClient;

  beforeEach(async () => {
    harness = await makeLocalHarness({ environments: new InterpreterEnvironment(python ?? '') });
    client = new ConformanceClient(harness);
  });
  afterEach(async () => {
    await client.endAll();
    await harness.close();
  });

  test('all ranks meet, and each has its own log', async () => {
    const cells = [
      'import torch, torch.distributed as dist\ndist.init_process_group("gloo")',
      'ones = torch.ones(1)\ndist.all_reduce(ones)\nprint("sum", int(ones.item()), "rank", dist.get_rank(), flush=True)',
      'dist.destroy_process_group()'
    ];
    await harness.put('ddp.ipynb', notebookOf(...cells));
    const { id } = await client.submit('ddp.ipynb', { framework: 'torchrun', processes: 2 });
    const run = await client.phase(id, 'Succeeded', 'Failed');
    expect(run.reason).toEqual({ code: 'Completed', message: 'All 2 processes exited with code 0.' });
    expect(run.attempts[0]?.ranks.map(rank => [rank.rank, rank.exitCode])).toEqual([[0, 0], [1, 0]]); // prettier-ignore
    expect(await client.lines(id, { rank: '0' })).toContain('sum 2 rank 0');
    expect(await client.lines(id, { rank: '1' })).toContain('sum 2 rank 1');
  });

  test('the rank that fails first is named, and a cancelled run leaves no process', async () => {
    await harness.put(
      'fails.py',
      'import os, time\nif os.environ["RANK"] == "1": raise KeyError("one")\ntime.sleep(600)\n'
    );
    const failed = await client.phase(
      (await client.submit('fails.py', { framework: 'torchrun', processes: 2 })).id,
      'Failed'
    );
    expect(failed.reason?.message).toContain("Rank 1 exited with code 1: KeyError: 'one'");
    const { id } = (await client.running({ framework: 'torchrun', processes: 2 })).run;
    await harness.platform.cancel(harness.actor, id);
    await client.phase(id, 'Cancelled');
    expect(await harness.countProcesses(id)).toBe(0);
  });
});
