import fc from 'fast-check';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { digestOf } from './digest.js';
import { ranIn, readRecords, withRan, withRecords } from './provenance.js';

const facts = (changes: Partial<IKernelFacts> = {}): IKernelFacts => ({
  python: '3.11.7',
  implementation: 'cpython',
  platform: 'linux-x86_64',
  packages: { numpy: '2.4.6' },
  local: [],
  environment: 'work',
  lockHash: 'a'.repeat(64),
  ...changes
});

test('what is written is read again, and writing it twice changes nothing', () => {
  const used = new Set([digestOf(facts())]);
  const berth = withRecords({}, used, facts())!;
  expect(Object.values(readRecords({ berth }))).toMatchObject([{ environment: 'work', python: '3.11.7' }]);
  expect(withRecords({ berth }, used, facts())).toEqual(berth);
});

test('entries that no cell names any more go, the last one with the key; what others keep there stays', () => {
  const berth = withRecords({}, new Set([digestOf(facts())]), facts())!;
  const next = facts({ python: '3.12.1' });
  const changed = withRecords({ berth }, new Set([digestOf(next)]), next)!;
  expect(Object.keys(changed['environments'] as object)).toEqual([digestOf(next)]);
  expect(withRecords({ berth }, new Set(), null)).toBeUndefined();
  expect(withRecords({ berth: { ...berth, compute: { offer: 'cpu' } } }, new Set(), null)).toEqual({
    compute: { offer: 'cpu' }
  });
});

test('an entry whose contents have another digest counts for nothing, whoever wrote it', () => {
  const berth = withRecords({}, new Set([digestOf(facts())]), facts())!;
  const [digest] = Object.keys(berth['environments'] as object);
  const forged = {
    environments: { [digest!]: { python: '3.11.7', platform: 'linux-x86_64', packages: { numpy: '1.0' } } }
  };
  expect(readRecords({ berth: forged })).toEqual({});
});

test('metadata of any shape is read without a failure', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(ranIn({ berth: value })).toBeNull();
      expect(readRecords({ berth: { environments: value } })).toEqual({});
      withRecords({ berth: value }, new Set(), facts());
    })
  );
});

test('clearing outputs removes what the cell ran in, and nothing else', () => {
  const ran = withRan({ berth: { mine: 1 } }, 'a'.repeat(16));
  expect(ranIn({ berth: ran })).toBe('a'.repeat(16));
  expect(withRan({ berth: ran }, null)).toEqual({ mine: 1 });
  expect(withRan({ berth: { ran: 'a'.repeat(16) } }, null)).toBeUndefined();
});

test('the digest does not depend on the order of packages or on who started the kernel, but on all that ran', () => {
  const one = facts({ packages: { a: '1', b: '2' } });
  expect(digestOf(facts({ packages: { b: '2', a: '1' }, environment: null, lockHash: null }))).toBe(digestOf(one));
  const others = [
    facts({ packages: { a: '1', b: '3' } }),
    { ...one, python: '3.11.8' },
    { ...one, platform: 'darwin-arm64' }
  ];
  for (const other of others) expect(digestOf(other)).not.toBe(digestOf(one));
});
