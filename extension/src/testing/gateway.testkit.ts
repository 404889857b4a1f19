/** Builders of what the gateway sends, for tests. */
import type { Environment, KernelView, LogLine, LogPage, Offer, RunView } from '@berth/gateway/contract';

export function makeRun(id: string, changes: Partial<RunView> = {}): RunView {
  return {
    id,
    name: id,
    notebook: `${id}.ipynb`,
    phase: 'Running',
    reason: null,
    position: null,
    submittedAtMs: 1_000,
    startedAtMs: 2_000,
    endedAtMs: null,
    request: {
      notebook: `${id}.ipynb`,
      submissionId: `submission-${id}`,
      framework: 'torchrun',
      processes: 2,
      offer: 'cpu',
      environment: 'default',
      priority: 0,
      graceMs: 20_000
    },
    environmentHash: 'e'.repeat(64),
    lockHash: 'f'.repeat(64),
    devices: [],
    warnings: [],
    bundle: { digest: 'b'.repeat(64), files: 3, bytes: 2048, gitCommit: null, gitDirty: null, warnings: [] },
    progress: 0.5,
    step: 10,
    metrics: [],
    attempts: [],
    results: { folder: `${id}.runs`, checkpoint: false, outputs: 0 },
    actions: ['cancel'],
    ...changes
  };
}

export function makeAttempt(number: number): RunView['attempts'][number] {
  return { number, startedAtMs: 2_000, endedAtMs: null, resumed: false, cause: null, message: '', ranks: [] };
}

export function makeOffer(id: string, changes: Partial<Offer> = {}): Offer {
  const nobody = { used: 0, waiting: 0, holders: [], devices: [] };
  return { id, kind: 'cpu', title: id, slots: 8, mostSlots: 8, memoryBytes: 1, ...nobody, ...changes };
}

export function makeKernel(id: string, changes: Partial<KernelView> = {}): KernelView {
  return {
    id,
    notebook: `${id}.ipynb`,
    name: id,
    environment: 'default',
    lockHash: 'f'.repeat(64),
    offer: 'cpu',
    count: 1,
    phase: 'Running',
    message: '',
    position: null,
    devices: [],
    kernelId: `kernel-${id}`,
    claimedAtMs: 1_000,
    sinceMs: 1_000,
    expiresAtMs: null,
    ...changes
  };
}

export function makeEnvironment(name: string, changes: Partial<Environment> = {}): Environment {
  return {
    name,
    hash: 'h'.repeat(64),
    state: 'ready',
    message: '',
    progress: null,
    python: '3.12.4',
    packages: ['torch==2.15.0'],
    sizeBytes: null,
    kernelspec: `berth-${name}`,
    lockHash: 'f'.repeat(64),
    origin: 'berth',
    createdAtMs: 1_000,
    lastUsedAtMs: null,
    inUse: [],
    changed: [],
    ...changes
  };
}

export function makeLine(text: string, changes: Partial<LogLine> = {}): LogLine {
  return { atMs: 0, stream: 'stdout', text, partial: false, ...changes };
}

export function makePage(lines: readonly LogLine[], cursor: string, changes: Partial<LogPage> = {}): LogPage {
  return { attempt: 1, rank: '0', lines: [...lines], cursor, dropped: false, end: false, ...changes };
}
