/** Real images, made twice: what a registry would tell apart must not be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildImages } from './images.js';

const isRoot = process.getuid?.() === 0 && existsSync('/bin/busybox');
const ifPossible = isRoot ? test : test.skip;

ifPossible('the same inputs in two folders give one digest, and a second call makes nothing', async () => {
  const before = process.env['BERTH_CACHE_DIR'];
  const folders = [await mkdtemp(path.join(tmpdir(), 'berth-')), await mkdtemp(path.join(tmpdir(), 'berth-'))];
  try {
    const digests: (string | undefined)[] = [];
    for (const folder of [...folders, ...folders]) {
      process.env['BERTH_CACHE_DIR'] = folder;
      digests.push((await buildImages(['pause'], { binaries: '' })).get('pause')?.digest);
    }
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
  } finally {
    if (before === undefined) delete process.env['BERTH_CACHE_DIR'];
    else process.env['BERTH_CACHE_DIR'] = before;
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
});
