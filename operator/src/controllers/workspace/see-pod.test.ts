/** Pods as kubelet, scheduler and node controller leave them, read for the planner. */
import { describe, expect, test } from '@jest/globals';
import type { SeenChild, SeenPod } from '../../plan/workspace/index.js';
import type { Pod } from '../core-objects.js';
import { podOf } from './children.js';
import { seePod } from './see-pod.js';
import { IMAGE, makeWorkspace, served, SETTINGS, withLab } from './served.testkit.js';

const CHILD: SeenChild = { uid: 'p', resourceVersion: '1', belongs: 'ours', asWanted: true, deleting: false };
const CHOICES = { image: IMAGE, compute: { cpu: '1', memory: '2Gi', extended: {}, problems: [] } };

const running = served<Pod>(podOf(makeWorkspace(), CHOICES, 'digest', SETTINGS));
const see = (pod: Pod, nodeReports = true): SeenPod => seePod(pod, CHILD, () => nodeReports);
const notReady = [
  { type: 'PodScheduled', status: 'True' },
  { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [lab]' }
];
const { nodeName: _, ...onNoNode } = running.spec;

const unscheduled: Pod = {
  ...running,
  spec: onNoNode,
  status: {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 Insufficient cpu.'
      }
    ]
  }
};

interface Case {
  readonly name: string;
  readonly pod: Pod;
  readonly want: Partial<SeenPod>;
  readonly wantAbsent?: readonly (keyof SeenPod)[];
}

const cases: Case[] = [
  {
    name: 'JupyterLab answers',
    pod: running,
    want: {
      phase: 'Running',
      ready: true,
      restarts: 0,
      image: IMAGE,
      node: 'node-1',
      nodeReports: true,
      createdAtMs: Date.parse('2029-12-31T23:50:00Z')
    },
    wantAbsent: ['waiting', 'lastExit', 'failure', 'unschedulable']
  },
  {
    name: 'a pod that has just been made says nothing yet',
    pod: { metadata: running.metadata, spec: onNoNode },
    want: { phase: 'Unknown', ready: false, restarts: 0 },
    wantAbsent: ['node', 'nodeReports', 'waiting', 'unschedulable']
  },
  {
    name: 'no node has room',
    pod: unscheduled,
    want: { phase: 'Pending', ready: false, unschedulable: '0/1 nodes are available: 1 Insufficient cpu.' },
    wantAbsent: ['node', 'nodeReports']
  },
  {
    name: 'a pod that a gate holds back is not one that no node has room for',
    pod: {
      ...unscheduled,
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'gated' }] }
    },
    want: { ready: false },
    wantAbsent: ['unschedulable']
  },
  {
    name: 'the image cannot be had',
    pod: withLab(
      running,
      { state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } } },
      { phase: 'Pending', conditions: notReady }
    ),
    want: { ready: false, waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } },
    wantAbsent: ['lastExit']
  },
  {
    name: 'it pauses after it ran out of memory',
    pod: withLab(
      running,
      {
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } }
      },
      { conditions: notReady }
    ),
    want: {
      restarts: 2,
      waiting: { reason: 'CrashLoopBackOff', message: '' },
      lastExit: { code: 137, reason: 'OOMKilled' }
    }
  },
  {
    name: 'it has ended this moment: that end counts, not the one before',
    pod: withLab(running, {
      restartCount: 1,
      state: { terminated: { exitCode: 1, reason: 'Error' } },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } }
    }),
    want: { lastExit: { code: 1, reason: 'Error' } },
    wantAbsent: ['waiting']
  },
  {
    name: 'it never began, and the kubelet says why',
    pod: withLab(running, {
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "jupyter": not found' } }
    }),
    want: { lastExit: { code: 128, reason: 'StartError', message: 'exec: "jupyter": not found' } }
  },
  {
    name: 'its node evicted it',
    pod: {
      ...running,
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory. ' }
    },
    want: {
      phase: 'Failed',
      ready: false,
      failure: { reason: 'Evicted', message: 'The node was low on resource: memory. ' }
    }
  },
  {
    name: 'in the pod of another system JupyterLab is the first container, whatever its name',
    pod: {
      metadata: { name: 'jupyter-ada' },
      spec: {
        containers: [
          { name: 'notebook', image: 'hub/notebook:1' },
          { name: 'sidecar', image: 'mesh:2' }
        ]
      },
      status: {
        containerStatuses: [
          { name: 'sidecar', restartCount: 9 },
          { name: 'notebook', restartCount: 1 }
        ]
      }
    },
    want: { image: 'hub/notebook:1', restarts: 1 }
  },
  {
    name: 'what a mesh puts before JupyterLab is not taken for it',
    pod: { ...running, spec: { containers: [{ name: 'mesh', image: 'mesh:2' }, ...running.spec.containers] } },
    want: { image: IMAGE }
  }
];

describe('seePod', () => {
  test.each(cases)('$name', ({ pod, want, wantAbsent = [] }) => {
    const seen = see(pod);
    expect(seen).toMatchObject({ ...CHILD, ...want });
    for (const field of wantAbsent) expect(seen).not.toHaveProperty(field);
  });

  test('its node is asked for by name', () => {
    const asked: string[] = [];
    seePod(running, CHILD, node => asked.push(node) > 0);
    expect(asked).toEqual(['node-1']);
    expect(see(running, false).nodeReports).toBe(false);
  });
});
