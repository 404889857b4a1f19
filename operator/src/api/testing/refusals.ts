/**
 * For every rule of the custom resources something that it refuses: made so, or changed so from what is fine. A test holds
 * that there is one for every rule, and another, on a real API server, that each is refused with the rule's message.
 */
import { makeComputeClass, makeEnvironment, makeWorkspace, IMAGE, type Manifest } from './make-resource.js';

export interface Refusal {
  /** The field that is named. */
  readonly path: string;
  readonly message: string;
  /** What is there before, for rules about changes. */
  readonly before?: Manifest;
  readonly refused: Manifest;
}

const CPU = 'an amount of CPU is a number of cores above zero, with at most three decimals, such as 2, "0.5" or 500m';
const BYTES =
  'an amount of memory or storage is a number of bytes above zero, with at most three decimals, such as 512Mi or 1.5Gi';
const NAME =
  'the name of a workspace has at most 50 characters, a to z, 0 to 9 and -, begins with a letter and does not end with -';
const STORAGE_CLASS = 'the storage class of a home never changes: it is not added, changed or removed later';
const ADOPT = 'whether a workspace is adopted, and which pod, never changes: it is not added, changed or removed later';
const NO_HOME = 'an adopted workspace has the volumes of its pod: leave out home';
const SELECTOR_KEYS = 'the keys of a node selector are keys of labels, such as example.com/gpu';
const EXTENDED_KEYS = 'the keys of extended resources are names of devices with their domain, such as nvidia.com/gpu';
const NO_IDLE = 'an adopted workspace is stopped by the system that made its pod: leave out idle';
const SOFT = 'the soft limit comes before the hard one: softSeconds is at most hardSeconds';
const STEP =
  'one snooze adds at most what all together may: stepSeconds is at most budgetSeconds, or budgetSeconds is 0';
const EXISTS = 'a toleration with operator Exists is for every value: leave out value';

const NO_AMOUNTS = ['0', '-1', '', ' 1', '1 ', '1e400', '1e3', 'NaN', 'Infinity', '0x10', '+1', '1_000', '１'];
const NO_CPU = [...NO_AMOUNTS, '1Gi', '0m', '1.2345', 0, -1];
const NO_BYTES = [...NO_AMOUNTS, '10GiB', ' 1Gi', '1gi', '1K', '100m', '0Gi', '-1Gi', '1Ei1', 0, -1];
const NO_NAMES = ['a'.repeat(51), 'a.b', '1a', 'a-', 'Alice', 'a_b', 'älice', '-a', 'a b'];
const NO_KEYS = ['', 'a b', '/gpu', 'nvidia.com/', 'Nvidia.com/gpu', `${'a'.repeat(64)}`, `${'a'.repeat(254)}.b/c`];
const DOMESTIC = ['cpu', 'memory', 'kubernetes.io/gpu', 'requests.nvidia.com/gpu', 'gpu'];

const amounts = (path: string, message: string, values: readonly unknown[], make: (value: unknown) => Manifest) =>
  values.map(value => ({ path, message, refused: make(value) }));

const home = (fields: object) => makeWorkspace('a', { home: fields });
const adopted = (fields: object = {}) => makeWorkspace('a', { adopt: { pod: 'jupyter-alice' }, ...fields });
const tolerating = (toleration: object) => makeComputeClass('a', { tolerations: [{ key: 'gpu', ...toleration }] });

/** In a person's policy and in an administrator's. */
const idle = (make: (policy: object) => Manifest): Refusal[] =>
  ['kernel', 'workspace'].map(what => ({
    path: `spec.idle.${what}.softSeconds`,
    message: SOFT,
    refused: make({ [what]: { softSeconds: 3601, hardSeconds: 3600 } })
  }));

const ADOPTION: readonly Refusal[] = [
  { path: 'spec.adopt', message: ADOPT, before: adopted(), refused: makeWorkspace('a') },
  { path: 'spec.adopt', message: ADOPT, before: makeWorkspace('a'), refused: adopted() },
  { path: 'spec.adopt', message: ADOPT, before: adopted(), refused: adopted({ adopt: { pod: 'jupyter-bob' } }) },
  {
    path: 'spec.running',
    message: 'the pod of an adopted workspace is stopped by the system that made it: leave out running',
    refused: adopted({ running: false })
  },
  { path: 'spec.idle', message: NO_IDLE, refused: adopted({ idle: {} }) },
  { path: 'spec.home', message: NO_HOME, refused: adopted({ home: { size: '11Gi' } }) },
  { path: 'spec.home', message: NO_HOME, refused: adopted({ home: { storageClass: 'fast' } }) },
  { path: 'spec.home', message: NO_HOME, refused: adopted({ home: { accessMode: 'ReadWriteMany' } }) },
  { path: 'spec.home', message: NO_HOME, refused: adopted({ home: { whenDeleted: 'Delete' } }) }
];

const HOME: readonly Refusal[] = [
  ...amounts('spec.home.size', BYTES, NO_BYTES, size => home({ size })),
  ...(
    [
      ['10Gi', '10Gi', '9Gi'],
      ['', undefined, '10485759Ki'],
      ['', 1024, 1023]
    ] as const
  ).map(([, from, to]) => ({
    path: 'spec.home.size',
    message: 'the size of a home may grow but never shrink',
    before: from === undefined ? makeWorkspace('a') : home({ size: from }),
    refused: home({ size: to })
  })),
  {
    path: 'spec.home.accessMode',
    message: 'the access mode of a home never changes once it is set',
    before: home({ accessMode: 'ReadWriteMany' }),
    refused: makeWorkspace('a')
  },
  ...(
    [
      [{ storageClass: 'fast' }, {}],
      [{}, { storageClass: 'fast' }],
      [{ storageClass: 'fast' }, { storageClass: 'slow' }]
    ] as const
  ).map(([before, refused]) => ({
    path: 'spec.home.storageClass',
    message: STORAGE_CLASS,
    before: home(before),
    refused: home(refused)
  }))
];

export const WORKSPACE_REFUSALS: readonly Refusal[] = [
  ...NO_NAMES.map(name => ({ path: 'metadata.name', message: NAME, refused: makeWorkspace(name) })),
  {
    path: 'spec.owner',
    message: 'the owner of a workspace never changes once it is set',
    before: makeWorkspace('a'),
    refused: makeWorkspace('a', { owner: 'mallory' })
  },
  ...amounts('spec.compute.cpu', CPU, NO_CPU, cpu => makeWorkspace('a', { compute: { cpu } })),
  ...amounts('spec.compute.memory', BYTES, NO_BYTES, memory => makeWorkspace('a', { compute: { memory } })),
  ...HOME,
  ...idle(policy => makeWorkspace('a', { idle: policy })),
  ...ADOPTION
];

export const ENVIRONMENT_REFUSALS: readonly Refusal[] = [
  {
    path: 'spec.image',
    message: 'the image of an environment never changes once it is set',
    before: makeEnvironment('a'),
    refused: makeEnvironment('a', { image: IMAGE.replace('base', 'other') })
  }
];

export const COMPUTE_CLASS_REFUSALS: readonly Refusal[] = [
  ...(['resources', 'limits'] as const).flatMap(field => [
    ...amounts(`spec.${field}.cpu`, CPU, NO_CPU, cpu => makeComputeClass('a', { [field]: { cpu } })),
    ...amounts(`spec.${field}.memory`, BYTES, NO_BYTES, memory => makeComputeClass('a', { [field]: { memory } }))
  ]),
  {
    path: 'spec.resources.cpu',
    message: 'a class gives no more cpu than its own limit',
    refused: makeComputeClass('a', { resources: { cpu: 2 }, limits: { cpu: '1999m' } })
  },
  {
    path: 'spec.resources.memory',
    message: 'a class gives no more memory than its own limit',
    refused: makeComputeClass('a', { resources: { memory: '2Gi' }, limits: { memory: '2G' } })
  },
  ...[...NO_KEYS, ...DOMESTIC].map(key => ({
    path: 'spec.resources.extended',
    message: EXTENDED_KEYS,
    refused: makeComputeClass('a', { resources: { extended: { [key]: 1 } } })
  })),
  ...NO_KEYS.map(key => ({
    path: 'spec.nodeSelector',
    message: SELECTOR_KEYS,
    refused: makeComputeClass('a', { nodeSelector: { [key]: 'yes' } })
  })),
  {
    path: 'spec.tolerations[].value',
    message: EXISTS,
    refused: tolerating({ operator: 'Exists', value: 'yes' })
  },
  ...idle(policy => makeComputeClass('a', { idle: policy })),
  {
    path: 'spec.idle.snooze.stepSeconds',
    message: STEP,
    refused: makeComputeClass('a', { idle: { snooze: { stepSeconds: 61, budgetSeconds: 60 } } })
  }
];

export const REFUSALS: readonly Refusal[] = [...WORKSPACE_REFUSALS, ...ENVIRONMENT_REFUSALS, ...COMPUTE_CLASS_REFUSALS];
