/** How a notebook stands with its pin, for other plugins. Pure. */
import type { Environment } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IPinState } from '../../shared/tokens.js';
import type { IDiffRow } from '../drift/compare.js';
import type { IJudgement } from '../drift/judge.js';

/**
 * @param kernelEnvironment - The one that Berth started the kernel in.
 * @param environments - All that there are here.
 */
export function pinStateOf(
  judgement: IJudgement,
  isPinned: boolean,
  kernelEnvironment: string | null,
  environments: readonly Environment[],
  trans: TranslationBundle
): IPinState {
  const isReady = (name: string | null): boolean => environments.some(it => it.name === name && it.state === 'ready');
  const kernels = isReady(kernelEnvironment) ? kernelEnvironment : null;
  return {
    environment: isPinned && judgement.isHere ? judgement.name : kernels,
    pinned: isPinned,
    drift: isPinned ? judgement.drift.map(row => driftLine(row, trans)) : []
  };
}

/** One difference between the kernel and the pin. */
export function driftLine(row: IDiffRow, trans: TranslationBundle): string {
  const name = row.subject === 'python' ? trans.__('Python') : row.name;
  if (row.kernel === null) return trans.__('%1: not in the kernel, %2 in the pin', name, row.pin ?? '');
  if (row.pin === null) return trans.__('%1: %2 in the kernel, not in the pin', name, row.kernel);
  return trans.__('%1: %2 in the kernel, %3 in the pin', name, row.kernel, row.pin);
}
