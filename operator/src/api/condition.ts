/** Conditions, as all of Kubernetes has them: one fact each, with a stable reason and a sentence for people. */
import { z } from 'zod';
import { prose, time } from './schema/text.js';

/** What writes a status cuts its messages to this: a longer one would be refused, and the whole status with it. */
export const MAX_MESSAGE_LENGTH = 4096;

export const CONDITION_STATUSES = ['True', 'False', 'Unknown'] as const;
export type ConditionStatus = (typeof CONDITION_STATUSES)[number];

/** The list of conditions of a resource that has these types of them; at most one of each. */
export function conditionsOf<const Type extends readonly string[]>(types: Type) {
  const condition = z.strictObject({
    type: z.enum(types).describe('Which fact this is about.'),
    status: z.enum(CONDITION_STATUSES).describe('Whether it holds.'),
    reason: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[A-Z][A-Za-z0-9]*$/)
      .describe('Why, as one word for programs. Reasons are stable.'),
    message: prose(MAX_MESSAGE_LENGTH).describe('Why, as a sentence for people.'),
    lastTransitionTime: time().describe('Since when status and reason are what they are.'),
    observedGeneration: observedGeneration()
  });
  return z
    .array(condition.describe('One fact.'))
    .max(types.length)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('What is known, fact by fact.');
}

export const observedGeneration = () =>
  z.int().min(0).describe('The generation of the spec that this was decided for; an older one is out of date.');

export interface Condition<Type extends string = string> {
  readonly type: Type;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}
