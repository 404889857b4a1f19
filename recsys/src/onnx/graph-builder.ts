import type { ElementType } from './element-type.js';
import type { Attribute, Domain, Graph, Initializer, Node, ValueInfo } from './graph.js';
import { isExternal } from './graph.js';

type Attributes = Readonly<Record<string, Attribute>>;

/** What a node is besides its operator, inputs and attributes. */
export interface NodeOptions<Output> {
  readonly domain?: Domain;
  /** Left out, the name is made of the operator and the count of nodes, such as `Gemm_3`. */
  readonly as?: Output;
}

/**
 * Writes a graph down in the order of its computation. Methods return the names of values, to be read by later nodes.
 *
 *     const g = new GraphBuilder('scan');
 *     const query = g.input('query', 'float32', ['B', 128]);
 *     const scores = g.node('Gemm', [query, g.initializer(items)], { transB: { int: 1 } });
 *     const [best, rows] = g.node2('TopK', [scores, g.initializer(int64s('k', [10]))], {}, { as: ['best', 'rows'] });
 *     g.output(best, 'float32', ['B', 10]);
 *     g.output(rows, 'int64', ['B', 10]);
 *     encodeModel(g.build());
 *
 * Same calls, same graph. Mistakes in names are reported by `graphProblems`, all together, not by the methods here.
 */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers: Initializer[] = [];

  /**
   * @param name     of the graph.
   * @param prefix   goes before every name that is made up here; `subgraph` sets it.
   */
  constructor(
    readonly name: string,
    private readonly prefix = ''
  ) {}

  /** A builder for a graph in an attribute of a node here; what it makes up clashes with no name of this graph. */
  subgraph(name: string): GraphBuilder {
    return new GraphBuilder(name, `${this.prefix}${name}/`);
  }

  input(name: string, type: ElementType, shape: ValueInfo['shape']): string {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Given again with equal content, it is kept once: parts of a graph may each bring the constants they need. */
  initializer(initializer: Initializer): string {
    if (!this.#initializers.some(known => isSame(known, initializer))) this.#initializers.push(initializer);
    return initializer.name;
  }

  /** Adds a node with one output and returns its name. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, options: NodeOptions<string> = {}): string {
    const { as = this.#nextName(op), domain } = options;
    this.#add(op, inputs, [as], attributes, domain);
    return as;
  }

  /** Adds a node with two outputs, such as TopK, and returns their names: `TopK_4_0` and `TopK_4_1` if left out. */
  node2(
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: NodeOptions<readonly [string, string]> = {}
  ): readonly [string, string] {
    const name = this.#nextName(op);
    const { as = [`${name}_0`, `${name}_1`] as const, domain } = options;
    this.#add(op, inputs, as, attributes, domain);
    return as;
  }

  /** Adds a node with any outputs, all named by the caller; '' is one that is not wanted. */
  nodes<const Names extends readonly string[]>(
    op: string,
    inputs: readonly string[],
    attributes: Attributes,
    options: NodeOptions<Names> & { readonly as: Names }
  ): Names {
    this.#add(op, inputs, options.as, attributes, options.domain);
    return options.as;
  }

  /** Makes a value an output of the graph, under the name it has. */
  output(name: string, type: ElementType, shape: ValueInfo['shape']): void {
    this.#outputs.push({ name, type, shape });
  }

  /** What has been written so far; later calls do not change it. */
  build(): Graph {
    return {
      name: this.name,
      nodes: [...this.#nodes],
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: [...this.#initializers]
    };
  }

  #add(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes, domain?: Domain) {
    const name = this.#nextName(op);
    this.#nodes.push({ op, inputs, outputs, attributes, name, ...(domain === undefined ? {} : { domain }) });
  }

  #nextName(op: string): string {
    return `${this.prefix}${op}_${this.#nodes.length}`;
  }
}

function isSame(a: Initializer, b: Initializer): boolean {
  return a.name === b.name && a.type === b.type && isEqual(a.shape, b.shape) && isSameData(a.data, b.data);
}

function isSameData(a: Initializer['data'], b: Initializer['data']): boolean {
  if (isExternal(a)) return isExternal(b) && a.file === b.file && a.offset === b.offset && a.length === b.length;
  return !isExternal(b) && isEqual(a, b);
}

function isEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (value, index) => value === b[index]);
}
