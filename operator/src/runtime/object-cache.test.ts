import * as fc from 'fast-check';
import { type Change, ObjectCache, type Outcome } from './object-cache.js';
import { type ApiObject, keyOf, type ObjectMeta } from './resource.js';

const PODS = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };

interface Pod extends ApiObject {
  readonly spec: { readonly node: string; readonly secret?: string };
}

function pod(name: string, version: number, node = 'n1', meta: Partial<ObjectMeta> = {}): Pod {
  return {
    metadata: { name, namespace: 'x', uid: `uid-${name}`, resourceVersion: String(version), ...meta },
    spec: { node }
  };
}

function cacheOf(...pods: readonly Pod[]): ObjectCache<Pod> {
  const cache = new ObjectCache<Pod>({
    resource: PODS,
    keep: ({ spec: { node }, ...rest }) => ({ ...rest, spec: { node } }),
    indexes: { node: ({ spec }) => [spec.node], letters: ({ metadata }) => [...metadata.name] }
  });
  cache.replaceAll(cache.pack(pods), '100');
  return cache;
}

/** `x/a: n1 → n2` for every change, `∅` for what is not there. */
function told(cache: ObjectCache<Pod>): string[] {
  const lines: string[] = [];
  cache.onChange(({ key, now, before }) =>
    lines.push(`${key}: ${before?.spec.node ?? '∅'} → ${now?.spec.node ?? '∅'}`)
  );
  return lines;
}

const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name).sort();

describe('an event', () => {
  test.each<{ name: string; type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: Pod; want: Outcome; told: string[] }>([
    { name: 'of a new object', type: 'ADDED', object: pod('b', 101), want: 'applied', told: ['x/b: ∅ → n1'] },
    { name: 'of a change', type: 'MODIFIED', object: pod('a', 101, 'n2'), want: 'applied', told: ['x/a: n1 → n2'] },
    { name: 'of an end', type: 'DELETED', object: pod('a', 101), want: 'applied', told: ['x/a: n1 → ∅'] },
    { name: 'that comes twice', type: 'MODIFIED', object: pod('a', 50, 'n2'), want: 'known', told: [] },
    { name: 'that comes late', type: 'MODIFIED', object: pod('a', 49, 'n2'), want: 'known', told: [] },
    { name: 'of an end that comes late', type: 'DELETED', object: pod('a', 49), want: 'known', told: [] },
    { name: 'of an end of nothing', type: 'DELETED', object: pod('b', 101), want: 'known', told: [] },
    { name: 'that is late and new', type: 'MODIFIED', object: pod('a', 99, 'n2'), want: 'doubtful', told: [] },
    { name: 'that is late and of no known object', type: 'ADDED', object: pod('b', 99), want: 'doubtful', told: [] }
  ])('$name is $want', ({ type, object, want, told: wantTold }) => {
    const cache = cacheOf(pod('a', 50));
    const lines = told(cache);
    expect(cache.apply(type, object)).toBe(want);
    expect(lines).toEqual(wantTold);
  });

  test('moves the version on, even one that changes nothing', () => {
    const cache = cacheOf(pod('a', 50));
    cache.apply('DELETED', pod('b', 110));
    expect(cache.version).toBe('110');
    expect(cache.apply('ADDED', pod('b', 105))).toBe('doubtful');
  });

  test('with a version that nobody can order is taken as it comes', () => {
    const cache = cacheOf();
    const odd = (version: string, node: string) => pod('a', 0, node, { resourceVersion: version });
    expect(cache.apply('ADDED', odd('x9', 'n1'))).toBe('applied');
    expect(cache.apply('MODIFIED', odd('x9', 'n2'))).toBe('known');
    expect(cache.apply('MODIFIED', odd('x1', 'n3'))).toBe('applied');
    expect(cache.get('x/a')?.spec.node).toBe('n3');
  });
});

describe('a list', () => {
  test('is the truth, even where it is older', () => {
    const cache = cacheOf(pod('a', 50, 'n1'), pod('b', 60), pod('c', 70));
    const lines = told(cache);
    cache.replaceAll(cache.pack([pod('a', 40, 'n0'), pod('c', 70), pod('d', 45)]), '45');
    expect(lines.sort()).toEqual(['x/a: n1 → n0', 'x/b: n1 → ∅', 'x/d: ∅ → n1']);
    expect([...cache.keys()].sort()).toEqual(['x/a', 'x/c', 'x/d']);
    expect(cache.version).toBe('45');
  });

  test('makes it synced, an empty one too', () => {
    const cache = new ObjectCache<Pod>({ resource: PODS });
    expect(cache.isSynced).toBe(false);
    cache.replaceAll([], '1');
    expect(cache.isSynced).toBe(true);
  });
});

describe('what is kept', () => {
  test('is a copy for each who asks', () => {
    const cache = cacheOf(pod('a', 50));
    const mine = cache.get('x/a') as { spec: { node: string } };
    mine.spec.node = 'mine';
    expect(cache.get('x/a')?.spec.node).toBe('n1');
  });

  test('says what it is, and has neither managedFields nor what nobody reads', () => {
    const object = pod('a', 50, 'n1', { managedFields: [{ manager: 'm' }] });
    const cache = cacheOf({ ...object, spec: { node: 'n1', secret: 's' } });
    const { metadata, ...rest } = pod('a', 50);
    expect(cache.get('x/a')).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata, ...rest });
  });

  test('is the same whether it came with a list or with an event', () => {
    const cache = cacheOf();
    cache.apply('ADDED', { apiVersion: 'v1', kind: 'Pod', ...pod('a', 101) });
    const lines = told(cache);
    cache.replaceAll(cache.pack([pod('a', 101)]), '101');
    expect(lines).toEqual([]);
  });
});

describe('an index', () => {
  test('finds by each of its values what has it now', () => {
    const cache = cacheOf(pod('ab', 1), pod('bc', 2), pod('c', 3));
    cache.apply('MODIFIED', pod('c', 101, 'n2'));
    cache.apply('DELETED', pod('ab', 102));
    expect(names(cache.by('letters', 'b'))).toEqual(['bc']);
    expect(names(cache.by('node', 'n2'))).toEqual(['c']);
    expect(cache.by('node', 'nowhere')).toEqual([]);
    expect(cache.keysBy('node', 'n2')).toEqual(cache.by('node', 'n2').map(keyOf));
  });

  test('that does not exist is a mistake', () => {
    expect(() => cacheOf().by('colour', 'red')).toThrow('there is no index colour');
  });

  test('agrees with looking at every object', () => {
    const event = fc.record({
      type: fc.constantFrom('ADDED' as const, 'MODIFIED' as const, 'DELETED' as const),
      name: fc.constantFrom('a', 'ab', 'bc', 'abc'),
      node: fc.constantFrom('n1', 'n2')
    });
    fc.assert(
      fc.property(fc.array(event), events => {
        const cache = cacheOf();
        for (const [at, { type, name, node }] of events.entries()) cache.apply(type, pod(name, 101 + at, node));
        const all = [...cache.keys()].flatMap(key => cache.get(key) ?? []);
        for (const node of ['n1', 'n2']) {
          expect(names(cache.by('node', node))).toEqual(names(all.filter(({ spec }) => spec.node === node)));
        }
        for (const letter of 'abc') {
          const with_ = all.filter(({ metadata }) => metadata.name.includes(letter));
          expect(names(cache.by('letters', letter))).toEqual(names(with_));
        }
      })
    );
  });
});

describe('listeners', () => {
  test('are told of every object at a resync', () => {
    const cache = cacheOf(pod('a', 50), pod('b', 60, 'n2'));
    const lines = told(cache);
    cache.announceAll();
    expect(lines).toEqual(['x/a: n1 → n1', 'x/b: n2 → n2']);
  });

  test('are told though another one throws, which is not hidden', () => {
    const cache = cacheOf();
    const failure = new Error('a bug');
    cache.onChange(() => {
      throw failure;
    });
    const lines = told(cache);
    expect(() => cache.apply('ADDED', pod('a', 101))).toThrow(
      expect.objectContaining({ message: '1 calls of listeners failed', cause: failure }) as Error
    );
    expect(lines).toEqual(['x/a: ∅ → n1']);
  });

  test('see in the cache what they are told', () => {
    const cache = cacheOf(pod('a', 50));
    const seen: [Change<Pod>['now'], Pod | undefined][] = [];
    cache.onChange(({ key, now }) => seen.push([now, cache.get(key)]));
    cache.apply('DELETED', pod('a', 101));
    cache.replaceAll(cache.pack([pod('b', 102)]), '102');
    expect(seen.every(([now, kept]) => now?.metadata.name === kept?.metadata.name)).toBe(true);
    expect(seen).toHaveLength(2);
  });
});
