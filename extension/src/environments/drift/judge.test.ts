import fc from 'fast-check';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import type { IPin } from '../pin/pin-metadata.js';
import { judge, type IEvidence, type Standing } from './judge.js';

const PACKAGES = { numpy: '2.4.6', pandas: '2.3.1' };
const pin: IPin = { lock: 'version = 1', environment: 'work', lockHash: null, python: '3.11.7', implementation: null };
const declared = { packages: PACKAGES, problem: null };
const ready = { name: 'work', state: 'ready' } as const;
const record = { environment: null, lockHash: null, python: '3.11.7', platform: 'linux-x86_64', packages: PACKAGES };

function facts(changes: Partial<IKernelFacts> = {}): IKernelFacts {
  return { ...record, implementation: 'cpython', local: [], ...changes };
}

function evidence(changes: Partial<IEvidence> = {}): IEvidence {
  return {
    pin,
    declared,
    here: [ready],
    isRestoring: false,
    kernel: facts(),
    records: [],
    unknownOutputs: 0,
    ...changes
  };
}

const mutated = facts({ packages: { ...PACKAGES, pandas: '2.4.0' } });
const elsewhere = { ...record, packages: { ...PACKAGES, pandas: '2.2.0' } };

test.each<{ what: string; changes: Partial<IEvidence>; want: Standing }>([
  { what: 'nothing is pinned', changes: { pin: null, declared: null, here: [] }, want: 'not-pinned' },
  { what: 'the lock was not read yet', changes: { declared: null }, want: 'checking' },
  { what: 'the kernel has not answered yet', changes: { kernel: 'pending' }, want: 'checking' },
  { what: 'nobody could read the lock', changes: { declared: 'failed' }, want: 'unchecked' },
  {
    what: 'the lock is for another platform',
    changes: { declared: { packages: {}, problem: 'for Windows' } },
    want: 'unusable'
  },
  { what: 'the kernel has what the pin says', changes: {}, want: 'pinned' },
  { what: 'it has so without any environment here', changes: { here: [] }, want: 'pinned' },
  { what: 'there is no kernel, but its environment', changes: { kernel: 'none' }, want: 'pinned' },
  { what: 'there is neither', changes: { kernel: 'none', here: [] }, want: 'restore' },
  { what: 'the kernel is another on another machine', changes: { kernel: mutated, here: [] }, want: 'restore' },
  {
    what: 'the environment is being made',
    changes: { kernel: 'none', here: [{ name: 'work', state: 'creating' }] },
    want: 'restoring'
  },
  {
    what: 'it was asked for, and its lock is being resolved',
    changes: { kernel: 'none', here: [], isRestoring: true },
    want: 'restoring'
  },
  {
    what: 'the last making failed',
    changes: { kernel: 'none', here: [{ name: 'work', state: 'failed' }] },
    want: 'restore'
  },
  { what: 'something was installed into it', changes: { kernel: mutated }, want: 'drift' },
  { what: 'the kernel cannot be read', changes: { kernel: 'unknown' }, want: 'unchecked' },
  { what: 'outputs are from elsewhere', changes: { records: [record, elsewhere] }, want: 'outputs' },
  { what: 'they are, and no kernel is there', changes: { kernel: 'none', records: [elsewhere] }, want: 'outputs' },
  {
    what: 'outputs are from elsewhere in a notebook without a pin',
    changes: { pin: null, records: [elsewhere] },
    want: 'outputs'
  },
  { what: 'drift comes before outputs', changes: { kernel: mutated, records: [elsewhere] }, want: 'drift' }
])('$what: $want', ({ changes, want }) => {
  expect(judge(evidence(changes)).standing).toBe(want);
});

test('the environment that the pin names is preferred, else any that is ready', () => {
  const other = { name: 'other', state: 'ready' } as const;
  expect(judge(evidence({ here: [other, ready] })).name).toBe('work');
  expect(judge(evidence({ here: [other, { ...ready, state: 'absent' }] })).name).toBe('other');
  expect(judge(evidence({ here: [] })).name).toBe('work');
});

test('what is not known is never taken as equal', () => {
  const unknown = fc.constantFrom('none', 'unknown', 'pending') as fc.Arbitrary<IEvidence['kernel']>;
  const missing = fc.constantFrom<IEvidence['declared']>(null, 'failed');
  fc.assert(
    fc.property(unknown, missing, fc.boolean(), (kernel, declaration, isHere) => {
      const { standing } = judge(evidence({ kernel, declared: declaration, here: isHere ? [ready] : [] }));
      return standing === 'checking' || standing === 'unchecked';
    })
  );
});

test('any package more, less or at another version in the kernel is drift', () => {
  const names = ['numpy', 'pandas', 'constructor'];
  const packages = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('1.0', '2.0'));
  fc.assert(
    fc.property(packages, packages, (pinned, live) => {
      const isSame = names.every(
        name =>
          Object.entries(pinned).find(([n]) => n === name)?.[1] === Object.entries(live).find(([n]) => n === name)?.[1]
      );
      const { standing } = judge(
        evidence({ declared: { packages: pinned, problem: null }, kernel: facts({ packages: live }) })
      );
      return standing === (isSame ? 'pinned' : 'drift');
    })
  );
});
