/** A platform for tests of the edge itself: it does what the test says, such as fail, hang, or change too often. */
import { type PlatformChange, PlatformError, type RunView } from '../../contract/index.js';
import type { Platform } from '../../platform/platform.js';

export interface ScriptedPlatform extends Platform {
  /** Reports a change, as a real platform would. */
  emit(change: PlatformChange): void;
}

/** Lists are empty and nothing else is there, but for what `script` says. */
export function scriptedPlatform(script: Partial<Platform> = {}): ScriptedPlatform {
  const listeners = new Set<(change: PlatformChange) => void>();
  const missing = (): Promise<never> => Promise.reject(new PlatformError('not-found', 'There is no such thing.'));
  return {
    offers: async () => [],
    verdict: missing,
    environments: async () => [],
    usage: missing,
    environment: missing,
    createEnvironment: missing,
    makeEnvironment: missing,
    repairEnvironment: missing,
    deleteEnvironment: missing,
    inspectLock: missing,
    garbage: missing,
    collectGarbage: missing,
    kernels: async () => [],
    kernelVerdict: missing,
    claimKernel: missing,
    releaseKernel: missing,
    launchKernel: missing,
    kernelStarted: missing,
    kernelEnded: missing,
    judgeActivity: missing,
    cancelEnvironment: missing,
    submit: missing,
    runs: async () => [],
    run: missing,
    cancel: missing,
    retry: missing,
    delete: missing,
    logs: missing,
    logText: () => ({ [Symbol.asyncIterator]: () => ({ next: missing }) }),
    onChange: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => undefined,
    ...script,
    emit: change => listeners.forEach(listener => listener(change))
  };
}

/** A queued run that satisfies the contract. */
export function makeRun(id: string, change: Partial<RunView> = {}): RunView {
  return {
    id,
    name: 'train',
    notebook: 'train.ipynb',
    phase: 'Queued',
    reason: null,
    position: 1,
    submittedAtMs: 1,
    startedAtMs: null,
    endedAtMs: null,
    request: {
      notebook: 'train.ipynb',
      framework: 'process',
      processes: 1,
      offer: 'cpu',
      environment: 'default',
      priority: 0,
      graceMs: 20_000
    },
    environmentHash: '0'.repeat(64),
    lockHash: '1'.repeat(64),
    devices: [],
    warnings: [],
    bundle: { digest: '0'.repeat(64), files: 1, bytes: 1, gitCommit: null, gitDirty: null, warnings: [] },
    progress: null,
    step: null,
    metrics: [],
    attempts: [],
    results: { folder: 'train.runs/1', checkpoint: false, outputs: 0 },
    actions: ['cancel'],
    ...change
  };
}
