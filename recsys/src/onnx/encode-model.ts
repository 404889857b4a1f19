import { encodeGraph } from './encode-graph.js';
import { graphProblems } from './graph-problems.js';
import type { Domain, Graph } from './graph.js';
import { Message } from './message.js';

const IR_VERSION = 9;
const PRODUCER = 'berth';
/** Newer sets silently push nodes of the CUDA provider to the CPU (DESIGN.md, section 8). */
const STANDARD_OPSET = 18;
const MICROSOFT_OPSET = 1;
/** Protocol Buffers count a message in an int32. */
const MODEL_BYTES_LIMIT = 2 ** 31 - 1;

/**
 * The ONNX model of a graph, as the bytes of a `.onnx` file.
 *
 * Same graph, same bytes, on every machine: a hash of them names the model. The order of attribute keys does not
 * matter; the order of nodes, inputs, outputs and initializers does.
 *
 * Throws   RangeError naming all that `graphProblems` finds, or if the model is over 2^31 - 1 bytes.
 * Cost     time and memory linear in the bytes; inline data is copied once, external data is not touched.
 */
export function encodeModel(graph: Graph): Uint8Array {
  const problems = graphProblems(graph);
  if (problems.length > 0) throw new RangeError(`not a valid model\n  ${problems.join('\n  ')}`);
  const model = new Message().integer(1, IR_VERSION).text(2, PRODUCER).message(7, encodeGraph(graph));
  model.message(8, new Message().integer(2, STANDARD_OPSET));
  if (usesDomain(graph, 'com.microsoft')) {
    model.message(8, new Message().text(1, 'com.microsoft').integer(2, MICROSOFT_OPSET));
  }
  if (model.length > MODEL_BYTES_LIMIT) {
    throw new RangeError(
      `the model is ${model.length} bytes: want at most 2^31 - 1, with large data in external files`
    );
  }
  return model.encode();
}

function usesDomain(graph: Graph, domain: Domain): boolean {
  return graph.nodes.some(
    node =>
      node.domain === domain ||
      Object.values(node.attributes ?? {}).some(value => 'graph' in value && usesDomain(value.graph, domain))
  );
}
