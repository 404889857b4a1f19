/**
 * A workspace: one person's JupyterLab server with its home volume. In the cluster it is a Pod, a claim and what goes with
 * them, made by the operator. An adopted one has a pod that another system made, whose life stays with that system.
 */
import { z } from 'zod';
import { conditionsOf, type Condition, MAX_MESSAGE_LENGTH, observedGeneration } from './condition.js';
import type { CustomResource } from './custom-resource.js';
import { MAX_IMAGE_LENGTH } from './environment.js';
import { PersonsIdlePolicy } from './idle-policy.js';
import { GROUP, MAX_WORKSPACE_NAME_LENGTH, VERSION } from './names.js';
import type { ApiResource, CustomObject } from './resource.js';
import { bytesQuantity, cpuQuantity, isAmount, neverShrinks } from './schema/quantity.js';
import { neverChanges, optionalNeverChanges, withRules } from './schema/rule.js';
import { dnsName, line, prose, time } from './schema/text.js';
import { WorkspaceActivity } from './workspace-activity.js';

export const WORKSPACES: ApiResource = {
  group: GROUP,
  version: VERSION,
  plural: 'workspaces',
  kind: 'Workspace',
  namespaced: true
};

export const WORKSPACE_PHASES = [
  'Pending', // something is missing that it needs before it can start; the message says what
  'Starting',
  'Running',
  'Stopping',
  'Stopped', // its home is kept
  'Failed', // it does not get better by itself
  'Adopted' // its pod is another system's
] as const;
export type WorkspacePhase = (typeof WORKSPACE_PHASES)[number];

export const WORKSPACE_CONDITIONS = ['Ready', 'HomeReady', 'EnvironmentReady', 'RestartNeeded', 'Idle'] as const;
export type WorkspaceConditionType = (typeof WORKSPACE_CONDITIONS)[number];
export type WorkspaceCondition = Condition<WorkspaceConditionType>;

export const HOME_ACCESS_MODES = ['ReadWriteOnce', 'ReadWriteMany'] as const;
export const DEFAULT_HOME_SIZE = '10Gi';

const Compute = z.strictObject({
  class: dnsName()
    .optional()
    .describe(
      'A ComputeClass. What it gives (cpu, memory, devices, nodes) is given instead of what is asked for here.'
    ),
  cpu: cpuQuantity().default('1').describe('Cores, for example 2, "0.5" or 500m.'),
  memory: bytesQuantity().default('2Gi').describe('Memory, for example 4Gi.')
});

const Home = withRules(
  z.strictObject({
    size: withRules(bytesQuantity(), neverShrinks('the size of a home'))
      .default(DEFAULT_HOME_SIZE)
      .describe('Size of the home volume, for example 10Gi. It may grow, where the storage class allows that.'),
    storageClass: dnsName()
      .optional()
      .describe(
        'The StorageClass of the home volume; the default class of the cluster if there is none here. Never changes.'
      ),
    accessMode: withRules(z.enum(HOME_ACCESS_MODES), neverChanges('the access mode of a home'))
      .default('ReadWriteOnce')
      .describe(
        'ReadWriteMany lets kernels on other nodes use the home too, where the storage class can. Never changes.'
      ),
    whenDeleted: z
      .enum(['Keep', 'Delete'])
      .default('Keep')
      .describe('What becomes of the home when the workspace is deleted.')
  }),
  optionalNeverChanges('storageClass', 'the storage class of a home')
);

const HOME_IS_DEFAULT = [
  '!has(self.home.storageClass)',
  "self.home.accessMode == 'ReadWriteOnce'",
  "self.home.whenDeleted == 'Keep'",
  isAmount('self.home.size', DEFAULT_HOME_SIZE)
].join(' && ');

export const WorkspaceSpec = withRules(
  z.strictObject({
    owner: withRules(line(253), neverChanges('the owner of a workspace')).describe(
      'The user name of whom it belongs to. Set when it is made, to the name of whom makes it. Never changes.'
    ),
    environment: z
      .strictObject({
        name: dnsName().describe('The name of the Environment.'),
        from: z
          .enum(['catalogue', 'namespace'])
          .default('catalogue')
          .describe("Where the Environment is: in the platform's catalogue, or in the namespace of the workspace.")
      })
      .describe('What runs in it. A change takes effect at the next start.'),
    compute: Compute.prefault({}).describe('What it runs on. A change takes effect at the next start.'),
    home: Home.prefault({}).describe('The volume that is kept when the workspace stops.'),
    running: z.boolean().default(true).describe('Whether it should run. False stops it; its home is kept.'),
    idle: PersonsIdlePolicy.optional().describe(
      'When it is stopped for being idle, sooner than the platform and its class say. What is later than theirs counts as theirs.'
    ),
    adopt: z
      .strictObject({ pod: dnsName().describe('The name of the pod, in the namespace of the workspace.') })
      .optional()
      .describe(
        'A pod that another system made (KubeSpawner, Kubeflow) and starts and stops. Then home and running do nothing, and are left out. Never changes.'
      )
  }),
  optionalNeverChanges('adopt', 'whether a workspace is adopted, and which pod,'),
  {
    rule: '!has(self.adopt) || self.running',
    message: 'the pod of an adopted workspace is stopped by the system that made it: leave out running',
    fieldPath: '.running',
    reason: 'FieldValueForbidden'
  },
  {
    rule: `!has(self.adopt) || (${HOME_IS_DEFAULT})`,
    message: 'an adopted workspace has the volumes of its pod: leave out home',
    fieldPath: '.home',
    reason: 'FieldValueForbidden'
  },
  {
    rule: '!has(self.adopt) || !has(self.idle)',
    message: 'an adopted workspace is stopped by the system that made its pod: leave out idle',
    fieldPath: '.idle',
    reason: 'FieldValueForbidden'
  }
).describe('What is wanted.');

export const WorkspaceStatus = z
  .strictObject({
    observedGeneration: observedGeneration().optional(),
    phase: z
      .enum(WORKSPACE_PHASES)
      .optional()
      .describe('Where it is in its life, for people. Programs read conditions.'),
    message: prose(MAX_MESSAGE_LENGTH).optional().describe('Why it is in this phase, and what would help.'),
    conditions: conditionsOf(WORKSPACE_CONDITIONS).optional(),
    podName: dnsName().optional().describe('Its pod, while it has one.'),
    serviceName: dnsName().optional().describe('The Service in front of the pod.'),
    node: dnsName().optional().describe('The node that its pod is on.'),
    environmentImage: line(MAX_IMAGE_LENGTH).optional().describe('The image that runs now.'),
    homeUid: line(64).optional().describe('The uid of the claim of its home, by which a new one is told from the old.'),
    podUid: line(64).optional().describe('The uid of its pod, by which a new one is told from the old.'),
    startedAt: time().optional().describe('When its pod became ready.'),
    activity: WorkspaceActivity.optional()
  })
  .describe('What is known.');

export type WorkspaceSpec = z.output<typeof WorkspaceSpec>;
export type WorkspaceStatus = z.output<typeof WorkspaceStatus>;

export interface Workspace extends CustomObject<WorkspaceSpec> {
  readonly status?: WorkspaceStatus;
}

export const WORKSPACE: CustomResource = {
  resource: WORKSPACES,
  description: "one person's JupyterLab server with its home volume.",
  shortName: 'bws',
  spec: WorkspaceSpec,
  status: WorkspaceStatus,
  rules: [
    {
      rule: `size(self.metadata.name) <= ${MAX_WORKSPACE_NAME_LENGTH} && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`,
      message: `the name of a workspace has at most ${MAX_WORKSPACE_NAME_LENGTH} characters, a to z, 0 to 9 and -, begins with a letter and does not end with -`,
      fieldPath: '.metadata.name'
    }
  ],
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Owner', type: 'string', jsonPath: '.spec.owner' },
    { name: 'Environment', type: 'string', jsonPath: '.spec.environment.name' },
    { name: 'Class', type: 'string', jsonPath: '.spec.compute.class', priority: 1 },
    { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: 'Node', type: 'string', jsonPath: '.status.node', priority: 1 }
  ]
};
