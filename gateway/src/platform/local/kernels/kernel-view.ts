/** Decides what a person sees of a kernel. */
import { KERNEL_START_PATIENCE_MS, READY_FOR_MS } from '@berth/operator/plan';
import type { KernelEnd, QueuePlace } from '@berth/operator/plan';
import type { KernelView } from '../../../contract/index.js';
import { blockedNames } from '../verdict-view.js';
import { phaseOf } from './kernel-record.js';
import type { KernelRecord, TrackedKernel } from './kernel-record.js';

const MINUTE_MS = 60_000;

/** Why it no longer has, or waits for, compute; empty when somebody has asked for that. */
export const END_MESSAGES: Readonly<Record<KernelEnd, string>> = {
  'nobody-took-it': `Nobody took it within ${READY_FOR_MS / MINUTE_MS} minutes.`,
  'never-started': `It was not started within ${KERNEL_START_PATIENCE_MS / 1_000} seconds.`,
  'process-gone': 'Its process ended.',
  ended: ''
};

/** The view of a kernel as of now. */
export function kernelView(
  kernel: TrackedKernel,
  place: QueuePlace | undefined,
  titleOf: (offer: string) => string,
  now: Date
): KernelView {
  const { record } = kernel;
  const phase = phaseOf(kernel, now);
  return {
    id: record.id,
    notebook: record.notebook,
    name: kernelName(record),
    environment: record.environment,
    lockHash: record.lockHash,
    offer: record.offer,
    count: record.count,
    phase,
    message: messageOf(kernel, phase, place, titleOf),
    position: place?.place === 'waiting' ? place.position : null,
    devices: record.devices,
    kernelId: record.launchedAtMs === null ? null : record.kernelId,
    claimedAtMs: record.claimedAtMs,
    sinceMs: record.readyAtMs,
    expiresAtMs: phase === 'Ready' && record.readyAtMs !== null ? record.readyAtMs + READY_FOR_MS : null
  };
}

/** Its notebook without folder and ending. */
export function kernelName({ notebook }: Pick<KernelRecord, 'notebook'>): string {
  const last = notebook.split('/').at(-1) ?? '';
  return last.replace(/\.(ipynb|py)$/, '') || 'kernel';
}

/** Such as `1 × NVIDIA H200`. */
export function computeWords(count: number, title: string): string {
  return `${count} × ${title}`;
}

function messageOf(
  { record, goneSinceMs }: TrackedKernel,
  phase: KernelView['phase'],
  place: QueuePlace | undefined,
  titleOf: (offer: string) => string
): string {
  switch (phase) {
    case 'Waiting':
      return waitMessage(computeWords(record.count, titleOf(record.offer)), place);
    case 'Ready':
      return `Ready: start the kernel within ${READY_FOR_MS / MINUTE_MS} min.`;
    case 'Starting':
      return 'The kernel is starting.';
    case 'Running':
      return goneSinceMs === undefined ? '' : 'Its process is gone; unless it is restarted, its compute is given back.';
  }
}

function waitMessage(what: string, place: QueuePlace | undefined): string {
  if (place?.place === 'impossible') return `Waits for ${what}; this machine does not have that now.`;
  if (place?.place !== 'waiting') return `Waits until ${what} can be had.`;
  const others = blockedNames(place.blockedBy);
  return `Place ${place.position} in line for ${what}${others === '' ? '' : `; some is in use by ${others}`}.`;
}
