import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { PodChoices } from './children.js';
import { choicesDigest } from './choices-digest.js';
import { IMAGE } from './served.testkit.js';

const choices: PodChoices = {
  image: IMAGE,
  compute: { cpu: '2', memory: '8Gi', extended: { 'nvidia.com/gpu': 1 }, problems: [] },
  nodeSelector: { gpu: 'h200', zone: 'a' },
  tolerations: [{ key: 'gpu', operator: 'Exists' }]
};

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)])
  );
};

describe('choicesDigest', () => {
  test('does not change from one version of the operator to the next: every workspace would need a restart', () => {
    expect(choicesDigest(choices)).toBe('f0c53e2d17ef7848');
  });

  test('is the same whatever the order of fields, and for fields that are not there', () => {
    expect(choicesDigest(reversed(choices) as PodChoices)).toBe(choicesDigest(choices));
    const { tolerations: _, ...fewer } = choices;
    expect(choicesDigest({ ...choices, tolerations: undefined })).toBe(choicesDigest(fewer));
  });

  test.each<[string, Partial<PodChoices>]>([
    ['image', { image: IMAGE.replace('lab', 'other') }],
    ['CPU', { compute: { ...choices.compute, cpu: '4' } }],
    ['memory', { compute: { ...choices.compute, memory: '8G' } }],
    ['devices', { compute: { ...choices.compute, extended: { 'nvidia.com/gpu': 2 } } }],
    ['nodes', { nodeSelector: { gpu: 'b200', zone: 'a' } }],
    ['tolerated taints', { tolerations: [] }]
  ])('is another for another choice of %s', (_, change) => {
    expect(choicesDigest({ ...choices, ...change })).not.toBe(choicesDigest(choices));
  });

  test('does not tell a workspace that runs to restart because its class allows less from now on', () => {
    const compute = { ...choices.compute, problems: ['It asks for 2 cpu; its compute class allows at most 1.'] };
    expect(choicesDigest({ ...choices, compute })).toBe(choicesDigest(choices));
  });

  test('different selectors have different digests, however their texts are cut', () => {
    const anySelector = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 3 });
    fc.assert(
      fc.property(anySelector, anySelector, (one, other) => {
        const same =
          choicesDigest({ ...choices, nodeSelector: one }) === choicesDigest({ ...choices, nodeSelector: other });
        const text = (selector: object): string => JSON.stringify(Object.entries(selector).sort());
        expect(same).toBe(text(one) === text(other));
      })
    );
  });
});
