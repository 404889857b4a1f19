/** Any observation of a workspace, likely or not. */
import * as fc from 'fast-check';
import { IMAGE, NOW_MS } from './seen.testkit.js';
import type { SeenChild, SeenCondition, SeenHome, SeenPod, SeenWorkspace } from './seen-workspace.js';

const anyText = fc.string({ minLength: 1, maxLength: 40 }).filter(text => text.trim() !== '');
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const anyTimeMs = fc.integer({ min: NOW_MS - 1_000_000, max: NOW_MS + 10_000 });
const anyOwner = fc.constantFrom('ada', 'ada', 'ada', 'grace', '');

/** What is not ours is never as wanted. */
const anyChild: fc.Arbitrary<SeenChild> = fc
  .record({
    uid: fc.uuid(),
    resourceVersion: fc.nat().map(String),
    belongs: fc.constantFrom('ours', 'ours', 'ours', 'ours', 'orphan', 'previous', 'foreign'),
    asWanted: fc.boolean(),
    deleting: fc.boolean()
  })
  .map(child => ({ ...child, asWanted: child.asWanted && child.belongs === 'ours' }));

const anyHome: fc.Arbitrary<SeenHome> = fc
  .tuple(anyChild, fc.constantFrom('Bound', 'Bound', 'Pending', 'Lost'), anyOwner)
  .map(([child, phase, owner]) => ({ ...child, phase, owner }));

const anyWaiting = fc.record({
  reason: fc.oneof(
    fc.constantFrom(
      'ContainerCreating',
      'ErrImagePull',
      'ImagePullBackOff',
      'InvalidImageName',
      'CreateContainerConfigError',
      'CreateContainerError',
      'RunContainerError',
      'CrashLoopBackOff'
    ),
    anyText
  ),
  message: fc.oneof(fc.constant(''), anyText)
});

const anyPodState = fc.record(
  {
    phase: fc.constantFrom('Pending', 'Running', 'Running', 'Succeeded', 'Failed', 'Unknown'),
    createdAtMs: anyTimeMs,
    ready: fc.boolean(),
    node: fc.constant('node-1'),
    nodeReports: fc.boolean(),
    unschedulable: anyText,
    waiting: anyWaiting,
    restarts: fc.nat(4),
    lastExit: fc.record({
      code: fc.nat(255),
      reason: fc.constantFrom('OOMKilled', 'Error', 'Completed', 'StartError', '')
    }),
    failure: fc.record({ reason: fc.constantFrom('Evicted', 'NodeLost', ''), message: fc.constantFrom('', 'no room') }),
    image: fc.constant(IMAGE)
  },
  { requiredKeys: ['phase', 'createdAtMs', 'ready', 'restarts', 'image'] }
);

export const anyPod: fc.Arbitrary<SeenPod> = fc
  .tuple(anyChild, anyPodState)
  .map(([child, state]) => ({ ...child, ...state }));

const anyReady: fc.Arbitrary<SeenCondition> = fc.record({
  type: fc.constant('Ready'),
  status: fc.constantFrom('True', 'False'),
  reason: fc.constantFrom('Running', 'NotAnswering', 'Starting', 'OutOfMemory', 'QuotaExceeded', 'Refused', 'Stopped'),
  message: fc.constant('It was so.'),
  sinceMs: anyTimeMs
});

const anyReported = fc.record({ ready: maybe(anyReady), homeUid: maybe(fc.uuid()) }).map(({ ready, homeUid }) => ({
  conditions: ready === undefined ? [] : [ready],
  ...(homeUid !== undefined && { homeUid })
}));

/** `adoptedPod` is left out: `adopted` adds it. */
export const anySeen: fc.Arbitrary<SeenWorkspace> = fc.record(
  {
    name: fc.constant('a'),
    owner: fc.constant('ada'),
    running: fc.boolean(),
    deleting: fc.nat(9).map(one => one === 0),
    environmentName: fc.constant('python'),
    environmentFrom: fc.constantFrom('catalogue', 'namespace'),
    image: fc.constant(IMAGE),
    className: fc.constant('small'),
    classProblems: fc.constantFrom([], [], ['It asks for too much.']),
    serviceAccount: anyChild,
    service: anyChild,
    networkPolicy: anyChild,
    home: anyHome,
    pod: anyPod,
    reported: anyReported
  },
  { requiredKeys: ['name', 'owner', 'running', 'deleting', 'environmentName', 'environmentFrom', 'reported'] }
);

/** One that nothing is in the way of: nobody else has anything, and it is not being deleted. */
export const anySeenOfOurs: fc.Arbitrary<SeenWorkspace> = anySeen.map(seen => {
  const { serviceAccount, service, networkPolicy, home, pod, ...rest } = seen;
  const ours = { belongs: 'ours' } as const;
  return {
    ...rest,
    deleting: false,
    ...(serviceAccount && { serviceAccount: { ...serviceAccount, ...ours } }),
    ...(service && { service: { ...service, ...ours } }),
    ...(networkPolicy && { networkPolicy: { ...networkPolicy, ...ours } }),
    ...(home && { home: { ...home, ...ours } }),
    ...(pod && { pod: { ...pod, ...ours } })
  };
});
