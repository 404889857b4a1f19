/** A lock that the kernel gives back when its holder ends, however it ends. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Runs `use` while no other process runs something under the same file; waits for its turn. */
export async function exclusively<T>(file: string, use: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  // It holds the lock until its input ends, and that ends with us.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<never>((_, reject) => {
    holder.once('error', reject).once('close', code => reject(new Error(`flock ${file} ended with ${code}`)));
  });
  ended.catch(() => undefined); // it matters only while we wait for the lock
  await Promise.race([new Promise(resolve => holder.stdout.once('data', resolve)), ended]);
  try {
    return await use();
  } finally {
    holder.stdin.end();
  }
}
