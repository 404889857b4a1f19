/** What a person may see of a workspace that runs, that stops, and that is stopped. */
import { secondsAgo, seenWorkspace } from './seen.testkit.js';
import { ALL_MADE, type Symptom } from './start-symptoms.testkit.js';

const fresh = seenWorkspace('a');
const standing = fresh.standing();
const running = fresh.running();

export const runs: Symptom[] = [
  { name: 'it runs, and nothing is to be done', seen: running, want: 'Running', wantSaid: ['JupyterLab answers.'] },
  {
    name: 'it runs, and something else is asked for now: the person decides when it restarts',
    seen: running.withPod({ asWanted: false }),
    want: 'Running',
    wantSaid: ['JupyterLab answers.'],
    wantRestart: true
  },
  {
    name: 'somebody changed the NetworkPolicy of a running one: it is put right, and it runs on',
    seen: running.withChild('networkPolicy', { asWanted: false }),
    want: 'Running',
    wantSaid: ['JupyterLab answers.'],
    wantDone: ['apply network-policy']
  },
  {
    name: 'the home volume was deleted while it runs: it runs on, with what is left',
    seen: running.withHome({ deleting: true }),
    want: 'Running',
    wantSaid: ['JupyterLab answers.']
  },
  {
    name: 'a long computation keeps JupyterLab from answering: it is left alone',
    seen: running.withPod({ ready: false }),
    want: 'NotAnswering',
    wantSaid: ['has answered before', 'busy, or it hangs']
  },
  {
    name: 'it goes on being busy, and something else is asked for now: still nobody ends it',
    seen: running.withPod({ ready: false, asWanted: false }).reported('NotAnswering', 60),
    want: 'NotAnswering',
    wantSaid: ['busy, or it hangs'],
    wantRestart: true
  },
  {
    name: 'yesterday it ran out of memory, today it is busy for a minute: nobody ends it, whatever is asked for now',
    seen: running.withPod({
      ready: false,
      asWanted: false,
      restarts: 1,
      lastExit: { code: 137, reason: 'OOMKilled' }
    }),
    want: 'NotAnswering',
    wantSaid: ['busy'],
    wantRestart: true
  },
  {
    name: 'its node was unplugged: nothing is done until it is known what became of it',
    seen: running.withPod({ ready: false, nodeReports: false }),
    want: 'NodeLost',
    wantSaid: [
      'Node node-1 no longer reports',
      'starts elsewhere once the node has been removed',
      'home volume are not'
    ]
  },
  {
    name: 'its node was unplugged, and Kubernetes has given the pod up',
    seen: running.withPod({ ready: false, nodeReports: false, deleting: true }),
    want: 'NodeLost',
    wantSaid: ['no longer reports']
  },
  {
    name: 'its node ran out of memory and evicted it',
    seen: running.withPod({
      ready: false,
      phase: 'Failed',
      failure: { reason: 'Evicted', message: 'The node was low on resource: memory. ' }
    }),
    want: 'Restarting',
    wantSaid: ['low on resource: memory. It starts again; unsaved work and variables are gone'],
    wantDone: ['delete-pod over']
  },
  {
    name: 'its node refuses it at once, and would again: it is not made again in a circle',
    seen: running.withPod({
      ready: false,
      phase: 'Failed',
      createdAtMs: secondsAgo(1),
      failure: { reason: 'TopologyAffinityError', message: 'Resources cannot be allocated with Topology locality' }
    }),
    want: 'Restarting',
    wantSaid: ['Its pod has failed: Resources cannot be allocated with Topology locality. It starts again.']
  },
  {
    name: 'it is to stop although somebody has taken the name of its Service: it ends',
    seen: running.stopped().withChild('service', { belongs: 'foreign' }),
    want: 'Stopping',
    wantSaid: ['JupyterLab saves and ends'],
    wantDone: ['delete-pod stopped']
  },
  {
    name: 'its node was shut down',
    seen: running.withPod({ ready: false, phase: 'Failed', failure: { reason: 'Terminated', message: '' } }),
    want: 'Restarting',
    wantSaid: ['Its pod has failed: Terminated. It starts again.'],
    wantDone: ['delete-pod over']
  },
  {
    name: 'its pod has ended by itself',
    seen: running.withPod({ ready: false, phase: 'Succeeded', lastExit: { code: 0, reason: 'Completed' } }),
    want: 'Restarting',
    wantSaid: ['has ended with exit code 0. It starts again.'],
    wantDone: ['delete-pod over']
  },
  {
    name: 'somebody deleted its pod with kubectl',
    seen: running.withPod({ deleting: true }),
    want: 'Restarting',
    wantSaid: ['The pod was deleted', 'starts again when the old one has ended']
  },
  {
    name: 'a pod that was cut loose from an earlier workspace ends first',
    seen: standing.withPod({ belongs: 'orphan', asWanted: false }),
    want: 'Starting',
    wantSaid: ['an earlier workspace with this name ends first'],
    wantDone: ['delete-pod orphan']
  },
  {
    name: 'the pod of an earlier workspace is the garbage collector’s',
    seen: standing.withPod({ belongs: 'previous', asWanted: false }),
    want: 'Starting',
    wantSaid: ['an earlier workspace with this name ends first']
  }
];

export const stops: Symptom[] = [
  {
    name: 'it is stopped, and its home is kept',
    seen: standing.stopped(),
    want: 'Stopped',
    wantSaid: ['Its home is kept', 'start it again']
  },
  {
    name: 'it was stopped for being idle: why, since when and how to resume it is said',
    seen: standing.stoppedIdle('2030-01-01T03:00:00Z', 'No cell has run for 12 h'),
    want: 'Stopped',
    wantSaid: ['Stopped at 2030-01-01T03:00:00Z for being idle. No cell has run for 12 h. ', 'spec.running: true']
  },
  {
    name: 'one that was made stopped gets no home until it starts',
    seen: fresh.stopped(),
    want: 'Stopped',
    wantSaid: ['Stopped.'],
    wantDone: ALL_MADE.slice(0, 3)
  },
  {
    name: 'the person stops it',
    seen: running.stopped(),
    want: 'Stopping',
    wantSaid: ['JupyterLab saves and ends'],
    wantDone: ['delete-pod stopped']
  },
  {
    name: 'it ends first, so that nothing that is refused keeps it from ending',
    seen: running.stopped().without('service'),
    want: 'Stopping',
    wantSaid: ['JupyterLab saves and ends'],
    wantDone: ['delete-pod stopped', 'apply service']
  },
  {
    name: 'it takes its time to end',
    seen: running.stopped().withPod({ deleting: true, ready: false }),
    want: 'Stopping',
    wantSaid: ['JupyterLab saves and ends']
  },
  {
    name: 'it cannot end, for its node was unplugged',
    seen: running.stopped().withPod({ deleting: true, ready: false, nodeReports: false }),
    want: 'NodeLost',
    wantPhase: 'Stopping',
    wantSaid: ['It is to stop, but node node-1 no longer reports']
  },
  {
    name: 'it is being deleted: the garbage collector does the rest',
    seen: running.deleted(),
    want: 'Stopping',
    wantSaid: ['is being deleted']
  },
  {
    name: 'the files of somebody else are not taken over by one that is stopped either',
    seen: standing.stopped().withHome({ owner: 'grace', asWanted: false }),
    want: 'Stopped',
    wantSaid: ['Stopped.']
  }
];
