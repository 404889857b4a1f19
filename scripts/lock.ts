/**
 * `npm run lock`: makes every lock anew from what is asked for: npm's, the tools' and the default environment's.
 * Versions move only where an `.in` file or a package.json allows it. No lock names a registry.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, ROOT } from './command.ts';

const PYTHON_LOCKS = [
  { folder: 'scripts/requirements', name: 'tools' },
  { folder: 'gateway/environments', name: 'default' }
];

for (const { folder, name } of PYTHON_LOCKS) {
  const options = ['--universal', '--generate-hashes', '--python-version', '3.10', '--no-emit-index-url', '--quiet'];
  const note = ['--custom-compile-command', 'npm run lock'];
  await mustRun('uv', ['pip', 'compile', ...options, ...note, `${name}.in`, '-o', `${name}.txt`], {
    cwd: path.join(ROOT, folder)
  });
  console.log(`lock: ${folder}/${name}.txt`);
}
// With a node_modules present npm drops platform packages from the lock, so it has to go first.
await rm(path.join(ROOT, 'node_modules'), { recursive: true, force: true });
await mustRun('npm', ['install', '--package-lock-only', '--no-progress']);
console.log('lock: package-lock.json (node_modules was removed: the next command installs it again)');
