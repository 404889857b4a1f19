import { graphProblems } from './graph-problems.js';
import type { Attribute, Graph, Initializer, Node } from './graph.js';
import { float32s, int64s } from './inline-initializers.js';

const makeNode = (changes: Partial<Node> = {}): Node => ({ op: 'Relu', inputs: ['x'], outputs: ['y'], ...changes });

const makeGraph = (changes: Partial<Graph> = {}): Graph => ({
  name: 'g',
  nodes: [makeNode()],
  inputs: [{ name: 'x', type: 'float32', shape: ['B', 2] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['B', 2] }],
  initializers: [],
  ...changes
});

const withInitializer = (changes: Partial<Initializer>) =>
  makeGraph({ initializers: [{ ...float32s('w', [1, 2]), ...changes }] });

const external = (changes: object) =>
  withInitializer({ data: { file: 'items.bin', offset: 0, length: 8, ...changes } });

const withAttribute = (attribute: Attribute) => makeGraph({ nodes: [makeNode({ attributes: { a: attribute } })] });

/** A branch reads `x` of the outer graph and gives `z`. */
const makeBranch = (changes: Partial<Graph> = {}): Graph =>
  makeGraph({
    name: 'branch',
    nodes: [makeNode({ outputs: ['z'] })],
    inputs: [],
    outputs: [{ name: 'z', type: 'float32', shape: [] }],
    ...changes
  });

const withBranch = (branch: Graph) => withAttribute({ graph: branch });

describe('graphProblems', () => {
  test.each<[string, Graph]>([
    ['a plain graph', makeGraph()],
    [
      'an optional input and an output that are left out',
      makeGraph({ nodes: [makeNode({ inputs: ['x', '', 'x'], outputs: ['', 'y'] })] })
    ],
    [
      'an input that is an output',
      makeGraph({ nodes: [], outputs: [{ name: 'x', type: 'float32', shape: ['B', 2] }] })
    ],
    [
      'a scalar, an empty tensor and a node that reads both',
      makeGraph({
        initializers: [float32s('s', [1], []), int64s('e', [], [0, 3])],
        nodes: [makeNode({ inputs: ['s', 'e'] })]
      })
    ],
    [
      'external data that starts and ends beyond 4 GiB',
      withInitializer({
        type: 'int8',
        shape: [5, 2 ** 30],
        data: { file: 'items.v1.bin', offset: 2 ** 40, length: 5 * 2 ** 30 }
      })
    ],
    ['floats that are not finite', withAttribute({ floats: [NaN, Infinity, -Infinity] })],
    ['integers at the ends of int64', withAttribute({ ints: [2n ** 63n - 1n, -(2n ** 63n), 2 ** 53 - 1] })],
    ['a branch that reads a name around it', withBranch(makeBranch())],
    [
      'two branches that give the same name',
      makeGraph({
        nodes: [
          makeNode({
            op: 'If',
            attributes: { then_branch: { graph: makeBranch() }, else_branch: { graph: makeBranch() } }
          })
        ]
      })
    ]
  ])('says nothing of %s', (_name, graph) => {
    expect(graphProblems(graph)).toEqual([]);
  });

  test.each<[string, Graph, string]>([
    [
      'an input and a node that give the same name',
      makeGraph({ nodes: [makeNode({ outputs: ['x', 'y'] })] }),
      'graph "g", node 0 (Relu): gives "x", as does input "x": want each name given once'
    ],
    [
      'two nodes that give the same name',
      makeGraph({ nodes: [makeNode({ name: 'first' }), makeNode()] }),
      'graph "g", node 1 (Relu): gives "y", as does node 0 (Relu "first"): want each name given once'
    ],
    [
      'an initializer that is also an input',
      withInitializer({ name: 'x' }),
      'graph "g", initializer "x": gives "x", as does input "x": want each name given once'
    ],
    [
      'an input that nothing gives',
      makeGraph({ nodes: [makeNode({ inputs: ['x', 'lost'] })] }),
      'graph "g", node 0 (Relu): input 1 is "lost", which nothing gives: want what is given before this node'
    ],
    [
      'nodes in the wrong order',
      makeGraph({ nodes: [makeNode({ inputs: ['a'] }), makeNode({ op: 'Neg', outputs: ['a'] })] }),
      'graph "g", node 0 (Relu): input 0 is "a", which only node 1 (Neg) gives, which does not stand before it: want what is given before this node'
    ],
    [
      'a node that reads itself',
      makeGraph({ nodes: [makeNode({ inputs: ['y'] })] }),
      'graph "g", node 0 (Relu): input 0 is "y", which only node 0 (Relu) gives, which does not stand before it: want what is given before this node'
    ],
    [
      'an output that nothing gives',
      makeGraph({ nodes: [] }),
      'graph "g", output "y": nothing gives it: want a node, an input or an initializer of that name'
    ],
    [
      'an output that is listed twice',
      makeGraph({ outputs: [...makeGraph().outputs, ...makeGraph().outputs] }),
      'graph "g", output "y": it is listed before: want it once'
    ],
    ['no outputs', makeGraph({ outputs: [] }), 'graph "g", outputs: there are none: want at least one'],
    [
      'an empty operator',
      makeGraph({ nodes: [makeNode({ op: '' })] }),
      'graph "g", node 0 (): the operator is empty: want the name of one'
    ],
    [
      'a node without outputs',
      makeGraph({ nodes: [makeNode(), makeNode({ outputs: [''] })] }),
      'graph "g", node 1 (Relu): it gives nothing: want at least one named output'
    ],
    ['a graph without name', makeGraph({ name: '' }), 'graph "", itself: the name is empty: want a name'],
    [
      'a name with half a surrogate pair, which would clash with others in UTF-8',
      withInitializer({ name: '\ud800' }),
      'graph "g", initializer "\ud800": the name "\\ud800" is no well-formed Unicode: want it so'
    ],
    [
      'a dimension that is no size',
      makeGraph({ inputs: [{ name: 'x', type: 'float32', shape: ['B', -1] }] }),
      'graph "g", input "x": dimension 1 is -1: want a name or a non-negative safe integer'
    ],
    [
      'a symbolic dimension without name',
      makeGraph({ inputs: [{ name: 'x', type: 'float32', shape: [''] }] }),
      'graph "g", input "x", dimension 0: the name is empty: want a name'
    ],
    [
      'inline data that does not match its shape',
      withInitializer({ shape: [2, 2] }),
      'graph "g", initializer "w": data has 8 bytes: want 16 for float32[2, 2]'
    ],
    [
      'inline data that does not match its type',
      withInitializer({ type: 'float16' }),
      'graph "g", initializer "w": data has 8 bytes: want 4 for float16[2]'
    ],
    [
      'a fraction in the shape of a tensor',
      withInitializer({ shape: [0.5] }),
      'graph "g", initializer "w": dimension 0 is 0.5: want a non-negative safe integer'
    ],
    [
      'a tensor over 2^53 bytes',
      withInitializer({ shape: [2 ** 30, 2 ** 30] }),
      'graph "g", initializer "w": float32[1073741824, 1073741824] is over 2^53 bytes: want fewer'
    ],
    [
      'external data that does not match its shape',
      external({ length: 4 }),
      'graph "g", initializer "w": data has 4 bytes: want 8 for float32[2]'
    ],
    [
      'an offset before the file',
      external({ offset: -1 }),
      'graph "g", initializer "w": external offset is -1: want a non-negative safe integer of bytes'
    ],
    [
      'a length that is no size',
      external({ length: NaN }),
      'graph "g", initializer "w": external length is NaN: want a non-negative safe integer of bytes'
    ],
    [
      'an end that a number cannot tell',
      external({ offset: 2 ** 53 - 1 }),
      'graph "g", initializer "w": external data ends at 9007199254740991 + 8: want an end below 2^53 bytes'
    ],
    [
      'an integer attribute with a fraction',
      withAttribute({ int: 1.5 }),
      'graph "g", node 0 (Relu), attribute "a": 1.5: want a safe integer, or a bigint of at most 64 bits with sign'
    ],
    [
      'an integer in a list over 64 bits',
      withAttribute({ ints: [1, 2n ** 63n] }),
      'graph "g", node 0 (Relu), attribute "a": 9223372036854775808: want a safe integer, or a bigint of at most 64 bits with sign'
    ],
    [
      'a float that f32 would make infinite',
      withAttribute({ float: 1e39 }),
      'graph "g", node 0 (Relu), attribute "a": 1e+39: want a number that f32 can hold, or an infinity that is meant'
    ],
    [
      'a text with half a surrogate pair',
      withAttribute({ string: '\udc00' }),
      'graph "g", node 0 (Relu), attribute "a": "\\udc00": want well-formed Unicode'
    ],
    [
      'a tensor in an attribute that does not match its shape',
      withAttribute({ tensor: int64s('t', [1], [2]) }),
      'graph "g", node 0 (Relu), attribute "a": data has 8 bytes: want 16 for int64[2]'
    ],
    [
      'an attribute without name',
      makeGraph({ nodes: [makeNode({ attributes: { '': { int: 1 } } })] }),
      'graph "g", node 0 (Relu), attribute "": the name is empty: want a name'
    ],
    [
      'a branch that reads what nothing gives',
      withBranch(makeBranch({ nodes: [makeNode({ inputs: ['lost'], outputs: ['z'] })] })),
      'graph "g", node 0 (Relu), attribute "a", graph "branch", node 0 (Relu): input 0 is "lost", which nothing gives: want what is given before this node'
    ],
    [
      'a branch that gives a name of the graph around it',
      withBranch(makeBranch({ nodes: [makeNode({ outputs: ['x', 'z'] })] })),
      'graph "g", node 0 (Relu), attribute "a", graph "branch", node 0 (Relu): gives "x", as does input "x": want each name given once'
    ],
    [
      'a branch that hands out a value of the graph around it, which ONNX Runtime refuses',
      withBranch(makeBranch({ outputs: [{ name: 'x', type: 'float32', shape: [] }] })),
      'graph "g", node 0 (Relu), attribute "a", graph "branch", output "x": only input "x" of an outer graph gives it: want a node here that does, such as Identity'
    ]
  ])('names %s', (_name, graph, want) => {
    expect(graphProblems(graph)).toEqual([want]);
  });

  test.each(['', '.', '..', 'a/b', '../items.bin', '/items.bin', 'a\\b', 'a\0b', '\ud800'])(
    'an external file %j does not lead out of the folder of the model',
    file => {
      expect(graphProblems(external({ file }))).toEqual([
        `graph "g", initializer "w": external file ${JSON.stringify(file)}: want a plain file name in the folder of the model`
      ]);
    }
  );

  test('the names of a branch are not visible after it', () => {
    const branching = makeNode({ op: 'If', attributes: { then_branch: { graph: makeBranch() } }, outputs: ['a'] });
    const graph = makeGraph({ nodes: [branching, makeNode({ inputs: ['z'] })] });
    expect(graphProblems(graph)).toEqual([
      'graph "g", node 1 (Relu): input 0 is "z", which nothing gives: want what is given before this node'
    ]);
  });

  test('names all problems at once, so that one run is enough to mend them', () => {
    const graph = makeGraph({ nodes: [makeNode({ op: '', inputs: ['lost'], outputs: ['x'] })] });
    expect(graphProblems(graph)).toHaveLength(4);
  });
});
