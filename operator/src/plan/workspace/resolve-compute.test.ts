import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type OfferedClass, resolveCompute, type ResolvedCompute } from './resolve-compute.js';

interface Case {
  readonly name: string;
  readonly offered?: OfferedClass;
  readonly want: Partial<ResolvedCompute>;
}

const ASKED = { cpu: 2, memory: '8Gi' };

const cases: Case[] = [
  { name: 'without a class it gets what it asks for', want: { cpu: 2, memory: '8Gi', extended: {}, problems: [] } },
  {
    name: 'what the class gives is given instead of what is asked for',
    offered: { resources: { memory: '64Gi', extended: { 'nvidia.com/gpu': 1 } } },
    want: { cpu: 2, memory: '64Gi', extended: { 'nvidia.com/gpu': 1 }, problems: [] }
  },
  {
    name: 'exactly as much as the class allows, in other words, is allowed',
    offered: { resources: {}, limits: { cpu: '2000m', memory: '8192Mi' } },
    want: { problems: [] }
  },
  {
    name: 'more than the class allows is refused, with both amounts in words',
    offered: { resources: {}, limits: { cpu: '1500m', memory: '4Gi' } },
    want: {
      problems: [
        'It asks for 2 cpu; its compute class allows at most 1500m.',
        'It asks for 8Gi memory; its compute class allows at most 4Gi.'
      ]
    }
  },
  {
    name: 'limits are for what is asked for, not for what the class gives',
    offered: { resources: { cpu: 2, memory: '8Gi' }, limits: { cpu: 2, memory: '8Gi' } },
    want: { problems: [] }
  },
  {
    name: 'a class that limits one thing does not limit the other',
    offered: { resources: {}, limits: { memory: '16Gi' } },
    want: { cpu: 2, problems: [] }
  }
];

describe('resolveCompute', () => {
  test.each(cases)('$name', ({ offered, want }) => {
    expect(resolveCompute(ASKED, offered)).toMatchObject(want);
  });

  test('nobody gets more than a limit without being told so', () => {
    const anyAmount = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(anyAmount, anyAmount, fc.option(anyAmount, { nil: undefined }), (asked, limit, given) => {
        const { cpu, problems } = resolveCompute(
          { cpu: asked, memory: '1Gi' },
          { resources: { cpu: given }, limits: { cpu: limit } }
        );
        expect(cpu).toBe(given ?? asked);
        expect(problems.length > 0).toBe(given === undefined && asked > limit);
      })
    );
  });
});
