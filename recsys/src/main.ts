/** The one composition root: `serve FOLDER` is the runtime of a person, `corpus …` and `budget …` the processes that it starts. */
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { COMPUTE } from './runtime/create-request.js';
import { readWith } from './runtime/read-with.js';
import { runBudgetProcess } from './runtime/budget/budget-process.js';
import { runCorpusProcess } from './runtime/corpus/corpus-process.js';
import { serve } from './runtime/serve.js';

const DEFAULT_IDLE_S = 600;
const SHARED_MEMORY = '/dev/shm';

const [, program = '', mode, folder, ...others] = process.argv;

if (mode === 'serve' && folder !== undefined) {
  const log = (text: string): void => console.error(`${new Date().toISOString()} ${text}`);
  process.exitCode = await serve({
    folders: {
      folder: resolve(folder),
      memory: existsSync(SHARED_MEMORY) ? SHARED_MEMORY : undefined,
      uid: process.getuid?.() ?? 0
    },
    idleMs: idleSeconds(process.env['BERTH_RECSYS_IDLE_S']) * 1000,
    runtime: {
      command: [process.execPath, program],
      pid: process.pid,
      cores: availableParallelism(),
      mostTileBytes: residentMib(process.env['BERTH_RECSYS_BUDGET_RESIDENT_MIB']) * 2 ** 20,
      memoryBytes: process.constrainedMemory() > 0 ? Math.min(process.constrainedMemory(), totalmem()) : totalmem(),
      availableMemory: () => process.availableMemory(),
      now: () => performance.now(),
      log
    }
  });
  process.exit();
} else if (mode === 'corpus' && folder !== undefined) {
  const [threads = '1', mostBytes = '0', age, device = 'cpu'] = others;
  runCorpusProcess({
    folder,
    threads: Number(threads),
    mostBytes: Number(mostBytes),
    isNew: age === 'new',
    wanted: readWith(COMPUTE.shape.device, 'device', device)
  });
} else if (mode === 'budget' && folder !== undefined) {
  const [threads = '1', place, device = 'cpu'] = others;
  runBudgetProcess({
    folder,
    threads: Number(threads),
    isResident: place === 'memory',
    availableMemory: () => process.availableMemory(),
    wanted: readWith(COMPUTE.shape.device, 'device', device)
  });
} else {
  console.error('usage: runtime.mjs serve FOLDER');
  process.exitCode = 2;
}

function idleSeconds(text: string | undefined): number {
  const seconds = text === undefined ? DEFAULT_IDLE_S : Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 86_400) return seconds;
  console.error(`BERTH_RECSYS_IDLE_S=${text}: want seconds from 1 to 86400`);
  process.exit(2);
}

function residentMib(text: string | undefined): number {
  const mib = text === undefined ? Infinity : Number(text);
  if (mib >= 0 && text !== '') return mib;
  console.error(`BERTH_RECSYS_BUDGET_RESIDENT_MIB=${text}: want MiB from 0 on`);
  process.exit(2);
}
