/**
 * Decides whether a graph is one that the ONNX checker and ONNX Runtime would take, as far as names, order, shapes and
 * bytes go. Operators and their types are theirs to judge.
 */
import { attributeProblems } from './attribute-problems.js';
import type { Graph, Initializer, Node, ValueInfo } from './graph.js';
import { Scope } from './scope.js';
import { tensorProblems } from './tensor-problems.js';

/**
 * Every problem of a graph and of the graphs in its attributes, each as "where: what it is: want what would be right";
 * [] if there is none.
 *
 * Names    inputs, initializers and outputs of nodes: each non-empty and given once; what an outer graph has given by
 *          then counts as given. An initializer is not also an input.
 * Order    a node reads only what an input, an initializer or an earlier node gives, here or in an outer graph.
 * Outputs  at least one, each given by this graph itself (the runtime refuses one that merely names an outer value).
 * Tensors  see `tensorProblems`. Attributes: see `attributeProblems`.
 */
export function graphProblems(graph: Graph): string[] {
  return problemsIn(graph, new Scope(`graph "${graph.name}"`));
}

function problemsIn(graph: Graph, scope: Scope): string[] {
  scope.requireName('itself', graph.name);
  for (const input of graph.inputs) checkInput(scope, input);
  for (const initializer of graph.initializers) checkInitializer(scope, initializer);
  const givenLater = new Map(
    graph.nodes.flatMap((node, index) => node.outputs.map(name => [name, label(node, index)]))
  );
  for (const [index, node] of graph.nodes.entries()) checkNode(scope, node, label(node, index), givenLater);
  if (graph.outputs.length === 0) scope.report('outputs', 'there are none: want at least one');
  for (const [index, output] of graph.outputs.entries()) checkOutput(scope, output, graph.outputs.slice(0, index));
  return scope.problems;
}

function label(node: Node, index: number): string {
  return node.name === undefined ? `node ${index} (${node.op})` : `node ${index} (${node.op} "${node.name}")`;
}

function checkInput(scope: Scope, input: ValueInfo): void {
  scope.give(input.name, `input "${input.name}"`);
  checkShape(scope, `input "${input.name}"`, input.shape);
}

function checkInitializer(scope: Scope, initializer: Initializer): void {
  const place = `initializer "${initializer.name}"`;
  scope.give(initializer.name, place);
  for (const problem of tensorProblems(initializer)) scope.report(place, problem);
}

function checkNode(scope: Scope, node: Node, place: string, givenLater: ReadonlyMap<string, string>): void {
  if (node.op === '') scope.report(place, 'the operator is empty: want the name of one');
  for (const [index, name] of node.inputs.entries()) {
    if (name === '' || scope.giver(name) !== undefined) continue;
    const giver = givenLater.get(name);
    const why = giver === undefined ? 'nothing gives' : `only ${giver} gives, which does not stand before it`;
    scope.report(place, `input ${index} is "${name}", which ${why}: want what is given before this node`);
  }
  checkAttributes(scope, node, place);
  const wanted = node.outputs.filter(name => name !== '');
  if (wanted.length === 0) scope.report(place, 'it gives nothing: want at least one named output');
  for (const name of wanted) scope.give(name, place);
}

function checkAttributes(scope: Scope, node: Node, place: string): void {
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    const attributePlace = `${place}, attribute "${name}"`;
    scope.requireName(attributePlace, name);
    for (const problem of attributeProblems(attribute)) scope.report(attributePlace, problem);
    if (!('graph' in attribute)) continue;
    const inner = new Scope(`${scope.where}, ${attributePlace}, graph "${attribute.graph.name}"`, scope);
    scope.problems.push(...problemsIn(attribute.graph, inner));
  }
}

function checkOutput(scope: Scope, output: ValueInfo, before: readonly ValueInfo[]): void {
  const place = `output "${output.name}"`;
  checkShape(scope, place, output.shape);
  if (before.some(other => other.name === output.name)) scope.report(place, 'it is listed before: want it once');
  if (scope.gives(output.name)) return;
  const outer = scope.giver(output.name);
  if (outer === undefined)
    scope.report(place, 'nothing gives it: want a node, an input or an initializer of that name');
  else scope.report(place, `only ${outer} of an outer graph gives it: want a node here that does, such as Identity`);
}

function checkShape(scope: Scope, place: string, shape: ValueInfo['shape']): void {
  for (const [axis, dimension] of shape.entries()) {
    if (typeof dimension === 'string') scope.requireName(`${place}, dimension ${axis}`, dimension);
    else if (!Number.isSafeInteger(dimension) || dimension < 0) {
      scope.report(place, `dimension ${axis} is ${dimension}: want a name or a non-negative safe integer`);
    }
  }
}
