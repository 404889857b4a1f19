/** The wheel as it is built. Needs what `npm run build` makes. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import { mustRun, ROOT } from './command.js';

jest.setTimeout(120_000);

async function digestOfWheel(): Promise<string> {
  const said = await mustRun('node', ['scripts/wheel.ts'], { capture: true });
  const wheel = await readFile(path.join(ROOT, said.trim().split('\n').at(-1) ?? ''));
  return createHash('sha256').update(wheel).digest('hex');
}

test('the same inputs give the same bytes', async () => {
  expect(await digestOfWheel()).toBe(await digestOfWheel());
});
