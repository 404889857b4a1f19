/** Custom resources as a person would write them, for tests: what must be given, and whatever the test is about. */
import { API_VERSION } from '../names.js';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export const IMAGE = `localhost/berth/base@sha256:${'0123456789abcdef'.repeat(4)}`;

type Fields = Readonly<Record<string, unknown>>;

export function makeWorkspace(name: string, spec: Fields = {}): Manifest {
  return make('Workspace', name, { owner: 'alice', environment: { name: 'python' }, ...spec });
}

export function makeEnvironment(name: string, spec: Fields = {}): Manifest {
  return make('Environment', name, { image: IMAGE, ...spec });
}

export function makeComputeClass(name: string, spec: Fields = {}): Manifest {
  return make('ComputeClass', name, spec);
}

function make(kind: string, name: string, spec: Fields): Manifest {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

const LIMITS = {
  kernel: { softSeconds: 3600, hardSeconds: 0 },
  workspace: { softSeconds: 0, hardSeconds: 7200 },
  busyMaxSeconds: 86400,
  unknownMaxSeconds: 86400
};

/** Each with every field given (but `adopt`, which goes with no home). */
export const FULL_WORKSPACE = makeWorkspace('full', {
  environment: { name: 'python', from: 'namespace' },
  compute: { class: 'small', cpu: 2, memory: '4Gi' },
  home: { size: '10Gi', storageClass: 'fast', accessMode: 'ReadWriteMany', whenDeleted: 'Delete' },
  running: true,
  idle: LIMITS
});
export const FULL_ENVIRONMENT = makeEnvironment('full', { displayName: 'Python 3' });
export const FULL_COMPUTE_CLASS = makeComputeClass('full', {
  displayName: 'Small',
  description: 'One GPU.',
  resources: { cpu: '4', memory: '16Gi', extended: { 'nvidia.com/gpu': 1 } },
  nodeSelector: { 'example.com/gpu': 'a100' },
  tolerations: [{ key: 'example.com/gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }],
  limits: { cpu: '4', memory: '16Gi' },
  idle: {
    enabled: true,
    dryRun: false,
    ...LIMITS,
    warnSeconds: 300,
    snooze: { stepSeconds: 1800, budgetSeconds: 14400, perSeconds: 86400 }
  }
});

export const FULL_STATUS = {
  observedGeneration: 1,
  phase: 'Running',
  message: 'It runs.',
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Serving',
      message: 'It answers.',
      lastTransitionTime: '2026-01-31T12:00:00Z',
      observedGeneration: 1
    }
  ],
  podName: 'ws-full',
  podUid: '00000000-0000-0000-0000-000000000001',
  serviceName: 'ws-full',
  node: 'node1',
  environmentImage: IMAGE,
  homeUid: '00000000-0000-0000-0000-000000000002',
  startedAt: '2026-01-31T12:00:00Z',
  activity: {
    announcedAt: '2026-01-31T23:55:00Z',
    idleSince: '2026-01-31T12:00:00Z',
    limit: 'hard',
    stopAt: '2026-02-01T00:30:00Z',
    snoozes: [{ id: 'snooze-1', kernel: 'kernel-1', at: '2026-01-31T23:56:00Z', addedSeconds: 1800 }],
    lastStop: {
      at: '2026-01-30T12:00:00Z',
      why: 'No cell has run for 12 h.',
      limit: 'hard',
      policyOf: 'platform',
      measured: ['No cell has run for 12 h.'],
      podUid: '00000000-0000-0000-0000-000000000003',
      gpus: 1,
      resumedAt: '2026-01-31T12:00:00Z'
    }
  }
};
