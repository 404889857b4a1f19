/** What a notebook has of compute and what it waits for, out of all that the gateway shows. Pure. */
import type { KernelView } from '@berth/gateway/contract';
import { environmentOf } from '../../shared/kernelspec.js';
import type { IAmount } from '../compute-words.js';
import type { IWish } from './wish.js';

/** The Jupyter kernel that a notebook has now. */
export interface IKernelFacts {
  readonly id: string;
  /** Name of its kernelspec. */
  readonly spec: string;
  /** For people. */
  readonly title: string;
  readonly isBusy: boolean;
}

export interface INotebookFacts {
  /** Null: it has none. */
  readonly kernel: IKernelFacts | null;
  /** The environment of its kernel; null where Berth did not start it. */
  readonly environment: string | null;
  /** What its kernel has; null where that is not known to be anything but processors. */
  readonly held: KernelView | null;
  /** What it waits for, or could take now. */
  readonly claim: KernelView | null;
  readonly wish: IWish | null;
}

/**
 * @param notebook - Its path from the Jupyter root.
 * @param ours - Ids of claims known to be this notebook's, also after it was renamed.
 * @param taken - Ids of claims that a kernel was started on already, whatever the last event says.
 */
export function notebookFacts(
  kernel: IKernelFacts | null,
  wish: IWish | null,
  kernels: readonly KernelView[],
  { notebook, ours, taken }: { notebook: string; ours: ReadonlySet<string>; taken: ReadonlySet<string> }
): INotebookFacts {
  const claims = kernels.filter(
    ({ id, notebook: of, phase }) =>
      (of === notebook || ours.has(id)) && !taken.has(id) && (phase === 'Waiting' || phase === 'Ready')
  );
  const held = kernels.find(
    ({ kernelId, phase }) => kernel !== null && kernelId === kernel.id && (phase === 'Running' || phase === 'Starting')
  );
  return {
    kernel,
    environment: kernel === null ? null : environmentOf(kernel.spec),
    held: held ?? null,
    claim: claims.reduce<KernelView | null>((a, b) => (a !== null && a.claimedAtMs >= b.claimedAtMs ? a : b), null),
    wish
  };
}

/** What its kernel has; null without one of ours. */
export function heldAmount({ environment, held }: INotebookFacts): IAmount | null {
  if (environment === null) return null;
  return held ?? { offer: 'cpu', count: 1 };
}
