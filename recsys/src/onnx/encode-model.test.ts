import fc from 'fast-check';
import { encodeModel } from './encode-model.js';
import type { Attribute, Graph } from './graph.js';
import { float32s, int64s } from './inline-initializers.js';

const makeGraph = (changes: Partial<Graph> = {}): Graph => ({
  name: 't',
  nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
  inputs: [{ name: 'x', type: 'float32', shape: ['B', 2] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['B', 2] }],
  initializers: [],
  ...changes
});

const withAttributes = (attributes: Record<string, Attribute>) =>
  makeGraph({ nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'], attributes }] });

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A model as latin1 text, in which names and short strings can be looked for. */
const text = (graph: Graph) => Buffer.from(encodeModel(graph)).toString('latin1');

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ int: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })) }),
  fc.record({ float: fc.float() }),
  fc.record({ string: fc.string({ unit: 'grapheme' }) }),
  fc.record({ ints: fc.array(fc.maxSafeInteger()) }),
  fc.record({ floats: fc.array(fc.float()) }),
  fc.array(fc.maxSafeInteger()).map(values => ({ tensor: int64s('t', values) }))
);

describe('encodeModel', () => {
  test('writes the bytes that onnx.helper 1.23 and its serializer write for the same model', () => {
    expect(hex(encodeModel(makeGraph()))).toBe(
      '0809120562657274683a3d0a0c0a0178120179220452656c751201745a140a0178120f0a0d080112090a031201420a02080262140a0179' +
        '120f0a0d080112090a031201420a02080242021012'
    );
  });

  test.each<[string, Attribute, string]>([
    ['a float', { float: 1 }, '0a0161' + '150000803f' + 'a00101'],
    ['an integer', { int: -1 }, '0a0161' + '18ffffffffffffffffff01' + 'a00102'],
    ['a string', { string: 'é' }, '0a0161' + '2202c3a9' + 'a00103'],
    [
      'a tensor',
      { tensor: int64s('t', [3]) },
      '0a0161' + '2a11' + '0801' + '1007' + '420174' + '4a080300000000000000' + 'a00104'
    ],
    ['floats', { floats: [1, -Infinity] }, '0a0161' + '3d0000803f' + '3d000080ff' + 'a00106'],
    ['integers', { ints: [1, 128] }, '0a0161' + '4001' + '408001' + 'a00107']
  ])('an attribute with %s is not read as another kind', (_name, value, want) => {
    expect(hex(encodeModel(withAttributes({ a: value })))).toContain(want);
  });

  test('external data beyond 4 GiB keeps its offset and length, as decimal text', () => {
    const model = text(
      makeGraph({
        initializers: [
          {
            name: 'w',
            type: 'int8',
            shape: [5, 2 ** 30],
            data: { file: 'w.bin', offset: 2 ** 40, length: 5 * 2 ** 30 }
          }
        ]
      })
    );
    expect(model).toContain('j\x11\n\x08location\x12\x05w.bin');
    expect(model).toContain('j\x17\n\x06offset\x12\x0d1099511627776');
    expect(model).toContain('j\x14\n\x06length\x12\x0a5368709120p\x01');
  });

  test('the domain com.microsoft is declared only where it is used, even in a branch alone', () => {
    const gelu = (outputs: string[]) => ({ op: 'Gelu', domain: 'com.microsoft' as const, inputs: ['x'], outputs });
    const branch = makeGraph({
      inputs: [],
      nodes: [gelu(['z'])],
      outputs: [{ name: 'z', type: 'float32', shape: [] }]
    });
    const declared = 'B\x11\n\x0dcom.microsoft\x10\x01';
    expect(text(makeGraph())).not.toContain('com.microsoft');
    expect(text(makeGraph({ nodes: [gelu(['y'])] }))).toContain(declared);
    expect(text(withAttributes({ then_branch: { graph: branch } }))).toContain(declared);
  });

  test('the order in which attributes were written does not change the hash of a model', () => {
    const cases = fc
      .dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), attribute)
      .chain(entries =>
        fc.tuple(
          fc.constant(entries),
          fc.shuffledSubarray(Object.entries(entries), { minLength: Object.keys(entries).length })
        )
      );
    fc.assert(
      fc.property(cases, ([entries, shuffled]) => {
        const other = withAttributes(Object.fromEntries(shuffled));
        expect(encodeModel(other)).toEqual(encodeModel(withAttributes(entries)));
      })
    );
  });

  test('names every problem in one error', () => {
    const graph = makeGraph({ nodes: [], initializers: [float32s('x', [1], [2])] });
    const call = () => encodeModel(graph);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(/initializer "x": gives "x"[^]*data has 4 bytes[^]*output "y": nothing gives it/);
  });

  test('refuses a model that no reader of Protocol Buffers could read', () => {
    const data = new Uint8Array(2 ** 31 - 1);
    const graph = makeGraph({ initializers: [{ name: 'w', type: 'int8', shape: [data.length], data }] });
    expect(() => encodeModel(graph)).toThrow(/want at most 2\^31 - 1, with large data in external files/);
  });
});
