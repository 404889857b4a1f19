/** The identity of what a kernel had while it ran a cell. Pure. */
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { sha256 } from './sha256.js';

export const DIGEST = /^[0-9a-f]{16}$/;

/** 16 hex digits over interpreter version, platform and packages; who started the kernel makes no difference. */
export function digestOf({
  python,
  platform,
  packages
}: Pick<IKernelFacts, 'python' | 'platform' | 'packages'>): string {
  const sorted = Object.keys(packages).sort();
  const canonical = JSON.stringify([python, platform, sorted.map(name => [name, packages[name]])]);
  return sha256(canonical).slice(0, 16);
}
