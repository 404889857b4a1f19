import fc from 'fast-check';
import { encodeModel } from './encode-model.js';
import { GraphBuilder } from './graph-builder.js';
import { graphProblems } from './graph-problems.js';
import { float32s, int64s } from './inline-initializers.js';

/** The retrieval of the documentation: scores, then the best of them. */
function makeScan(): GraphBuilder {
  const g = new GraphBuilder('scan');
  const query = g.input('query', 'float32', ['B', 2]);
  const scores = g.node('Gemm', [query, g.initializer(float32s('items', [1, 0, 0, 1], [2, 2]))], {
    transB: { int: 1 }
  });
  const [best, rows] = g.node2('TopK', [scores, g.initializer(int64s('k', [1]))], {}, { as: ['best', 'rows'] });
  g.output(best, 'float32', ['B', 1]);
  g.output(rows, 'int64', ['B', 1]);
  return g;
}

describe('GraphBuilder', () => {
  test('writes down what was called, with names made of operator and count', () => {
    expect(makeScan().build()).toEqual({
      name: 'scan',
      nodes: [
        {
          op: 'Gemm',
          name: 'Gemm_0',
          inputs: ['query', 'items'],
          outputs: ['Gemm_0'],
          attributes: { transB: { int: 1 } }
        },
        { op: 'TopK', name: 'TopK_1', inputs: ['Gemm_0', 'k'], outputs: ['best', 'rows'], attributes: {} }
      ],
      inputs: [{ name: 'query', type: 'float32', shape: ['B', 2] }],
      outputs: [
        { name: 'best', type: 'float32', shape: ['B', 1] },
        { name: 'rows', type: 'int64', shape: ['B', 1] }
      ],
      initializers: [float32s('items', [1, 0, 0, 1], [2, 2]), int64s('k', [1])]
    });
  });

  test('two runs of the same calls give one model', () => {
    expect(encodeModel(makeScan().build())).toEqual(encodeModel(makeScan().build()));
  });

  test('a node has one, two or any outputs, in any domain', () => {
    const g = new GraphBuilder('g');
    const x = g.input('x', 'float32', [4]);
    const y = g.node('Gelu', [x], {}, { domain: 'com.microsoft', as: 'y' });
    const [left, right] = g.node2('Split', [y]);
    const names = g.nodes('LayerNormalization', [left, right], {}, { as: ['norm', '', 'deviation'] });
    expect([y, left, right, ...names]).toEqual(['y', 'Split_1_0', 'Split_1_1', 'norm', '', 'deviation']);
    expect(g.build().nodes.map(node => node.domain)).toEqual(['com.microsoft', undefined, undefined]);
  });

  test('a constant that two parts of a graph bring is kept once, and two that differ are reported', () => {
    const g = makeScan();
    g.initializer(int64s('k', [1]));
    g.initializer({ name: 'far', type: 'int8', shape: [1], data: { file: 'a.bin', offset: 0, length: 1 } });
    g.initializer({ name: 'far', type: 'int8', shape: [1], data: { file: 'a.bin', offset: 0, length: 1 } });
    expect(graphProblems(g.build())).toEqual([]);
    g.initializer(int64s('k', [2]));
    g.initializer({ name: 'far', type: 'int8', shape: [1], data: { file: 'a.bin', offset: 1, length: 1 } });
    g.initializer({ name: 'far', type: 'int8', shape: [1], data: Uint8Array.of(1) });
    expect(graphProblems(g.build())).toHaveLength(3);
  });

  test('a branch, and one within it, make up no name of a graph around them', () => {
    const g = new GraphBuilder('g');
    const x = g.input('x', 'float32', []);
    g.node('Neg', [x]);
    const branch = g.subgraph('then');
    const inner = branch.subgraph('deep');
    expect([branch.node('Neg', [x]), inner.node('Neg', [x])]).toEqual(['then/Neg_0', 'then/deep/Neg_0']);
    expect([branch.build().name, inner.build().name]).toEqual(['then', 'deep']);
  });

  test('a graph that was built does not change with later calls', () => {
    const g = makeScan();
    const before = g.build();
    g.output(g.node('Neg', [g.input('late', 'float32', [])]), 'float32', []);
    g.initializer(int64s('late too', [1]));
    expect(before).toEqual(makeScan().build());
  });

  test('no chain of nodes built by returned names has a problem', () => {
    const steps = fc.array(fc.record({ two: fc.boolean(), reads: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }) }));
    fc.assert(
      fc.property(steps, chain => {
        const g = new GraphBuilder('g');
        const values = [g.input('x', 'float32', ['N'])];
        for (const { two, reads } of chain) {
          const inputs = reads.map(index => values[index % values.length] ?? '');
          values.push(...(two ? g.node2('Split', inputs) : [g.node('Sum', inputs)]));
        }
        g.output(values.at(-1) ?? '', 'float32', ['N']);
        expect(graphProblems(g.build())).toEqual([]);
      })
    );
  });
});
