/** A compute class: an administrator's name for a kind of compute, what it gives, and where that is found. */
import { z } from 'zod';
import type { CustomResource } from './custom-resource.js';
import { IdlePolicy } from './idle-policy.js';
import { GROUP, VERSION } from './names.js';
import type { ApiResource, CustomObject } from './resource.js';
import { areQuantities, bytesQuantity, compared, cpuQuantity } from './schema/quantity.js';
import { type Rule, withRules } from './schema/rule.js';
import { labelValue, line, prose, qualifiedName } from './schema/text.js';

export const COMPUTE_CLASSES: ApiResource = {
  group: GROUP,
  version: VERSION,
  plural: 'computeclasses',
  kind: 'ComputeClass',
  namespaced: false
};

const Toleration = withRules(
  z.strictObject({
    key: qualifiedName().describe('The key of the taint.'),
    operator: z
      .enum(['Equal', 'Exists'])
      .default('Equal')
      .describe('Equal tolerates taints with this value, Exists those with any.'),
    value: labelValue().optional().describe('The value of the taint.'),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
      .optional()
      .describe('The effect of the taint; every effect if there is none here.')
  }),
  {
    rule: "self.operator == 'Equal' || !has(self.value)",
    message: 'a toleration with operator Exists is for every value: leave out value',
    fieldPath: '.value',
    reason: 'FieldValueForbidden'
  }
);

const KEYS_ARE_QUALIFIED: Rule = {
  rule: 'self.all(key, !format.qualifiedName().validate(key).hasValue())',
  message: 'the keys of a node selector are keys of labels, such as example.com/gpu'
};

/** As the API server has it for pods: what it would refuse there is refused here, where somebody can mend it. */
const IS_EXTENDED = [
  "key.contains('/')",
  "!key.contains('kubernetes.io/')",
  "!key.startsWith('requests.')",
  '!format.qualifiedName().validate(key).hasValue()'
].join(' && ');

const KEYS_ARE_EXTENDED: Rule = {
  rule: `self.all(key, ${IS_EXTENDED})`,
  message: 'the keys of extended resources are names of devices with their domain, such as nvidia.com/gpu'
};

const withinLimit = (resource: string): Rule => {
  const given = `self.resources.${resource}`;
  const limit = `self.limits.${resource}`;
  const bothAre = `has(${given}) && has(self.limits) && has(${limit}) && ${areQuantities(given, limit)}`;
  return {
    rule: `!(${bothAre}) || ${compared(given, '<=', limit)}`,
    message: `a class gives no more ${resource} than its own limit`,
    fieldPath: `.resources.${resource}`
  };
};

export const ComputeClassSpec = withRules(
  z.strictObject({
    displayName: line(100).optional().describe('What people see it called; its name if there is nothing here.'),
    description: prose(1024).optional().describe('What it is good for.'),
    resources: z
      .strictObject({
        cpu: cpuQuantity()
          .optional()
          .describe('Cores that a workspace of this class gets; what it asks for if there is nothing here.'),
        memory: bytesQuantity()
          .optional()
          .describe('Memory that a workspace of this class gets; what it asks for if there is nothing here.'),
        extended: withRules(
          z.record(z.string(), z.int().min(1).max(1024).describe('How many of it.')).meta({ maxProperties: 8 }),
          KEYS_ARE_EXTENDED
        )
          .optional()
          .describe('Devices that a workspace of this class gets, as nvidia.com/gpu: 1.')
      })
      .prefault({})
      .describe('What a workspace of this class gets.'),
    nodeSelector: withRules(
      z.record(z.string(), labelValue().describe('The value of the label.')).meta({ maxProperties: 16 }),
      KEYS_ARE_QUALIFIED
    )
      .optional()
      .describe('Labels of the nodes that it is found on.'),
    tolerations: z
      .array(Toleration.describe('One tolerated taint.'))
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional()
      .describe('Taints of those nodes that workspaces of this class tolerate.'),
    limits: z
      .strictObject({
        cpu: cpuQuantity().optional().describe('Most cores.'),
        memory: bytesQuantity().optional().describe('Most memory.')
      })
      .optional()
      .describe('The most that a workspace of this class may ask for itself, where the class gives nothing.'),
    idle: IdlePolicy.optional().describe(
      'When what has this class is released or stopped for being idle; what is left out is as the platform says.'
    )
  }),
  withinLimit('cpu'),
  withinLimit('memory')
).describe('What it is.');

export type ComputeClassSpec = z.output<typeof ComputeClassSpec>;
export type ComputeClass = CustomObject<ComputeClassSpec>;

export const COMPUTE_CLASS: CustomResource = {
  resource: COMPUTE_CLASSES,
  description: 'a kind of compute that workspaces may ask for by name.',
  shortName: 'bcc',
  spec: ComputeClassSpec,
  columns: [
    { name: 'Display Name', type: 'string', jsonPath: '.spec.displayName' },
    { name: 'CPU', type: 'string', jsonPath: '.spec.resources.cpu' },
    { name: 'Memory', type: 'string', jsonPath: '.spec.resources.memory' }
  ]
};
