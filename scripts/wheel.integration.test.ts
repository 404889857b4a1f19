/**
 * The wheels as they are built, and `berth-recsys` as a person without Node, repository or gateway finds it. In one file, since each making of
 * a wheel replaces the last. Needs what `npm run build` makes.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { mustRun, ROOT } from './command.js';
import { installWheel } from './installed-wheel.js';
import { waitUntil } from './wait-until.js';

jest.setTimeout(240_000);

async function digestOfWheel(name: string): Promise<string> {
  const said = await mustRun('node', ['scripts/wheel.ts', name], { capture: true });
  const wheel = await readFile(path.join(ROOT, said.trim().split('\n').at(-1) ?? ''));
  return createHash('sha256').update(wheel).digest('hex');
}

test.each(['jupyterlab', 'recsys'])('the same inputs give the wheel %s the same bytes', async name => {
  expect(await digestOfWheel(name)).toBe(await digestOfWheel(name));
});

const SEARCH = `
import numpy as np
from berth_recsys import Retriever, col
items = np.random.default_rng(0).standard_normal((5000, 24), dtype=np.float32)
with Retriever(items, attributes={"even": np.arange(5000) % 2 == 0}) as corpus:
    hits = corpus.search(items[:3], k=4, where=col("even") == True)
scores = np.where(np.arange(5000) % 2 == 0, items[:3].astype(np.float64) @ items.T.astype(np.float64), -np.inf)
assert (hits.ids == np.argsort(-scores, axis=1, kind="stable")[:, :4]).all(), hits.ids
print("as numpy")
`;

test('pip install alone does not give a working search', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-recsys-wheel-'));
  try {
    const { python, env } = await installWheel('recsys', folder);
    const runtime = path.join(folder, 'runtime');
    const own = { ...env, BERTH_RECSYS_DIR: runtime, BERTH_RECSYS_IDLE_S: '1' };
    expect((await mustRun(python, ['-c', SEARCH], { env: own, capture: true })).trim()).toBe('as numpy');
    await waitUntil(
      'the runtime has ended by itself',
      30_000,
      async () => !existsSync(path.join(runtime, 'runtime.sock'))
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
