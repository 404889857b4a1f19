/**
 * A graph as the message `GraphProto`. Numbers are those of `onnx.proto`; fields are written by ascending number.
 * Nothing is judged here: `graphProblems` has been asked before.
 */
import { ELEMENT_TYPES } from './element-type.js';
import type { Attribute, ExternalData, Graph, Initializer, Node, ValueInfo } from './graph.js';
import { isExternal } from './graph.js';
import { Message } from './message.js';

/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 } as const;

/** `TensorProto.DataLocation`. */
const EXTERNAL = 1;

export function encodeGraph(graph: Graph): Message {
  const message = new Message();
  for (const node of graph.nodes) message.message(1, encodeNode(node));
  message.text(2, graph.name);
  for (const initializer of graph.initializers) message.message(5, encodeTensor(initializer));
  for (const input of graph.inputs) message.message(11, encodeValueInfo(input));
  for (const output of graph.outputs) message.message(12, encodeValueInfo(output));
  return message;
}

function encodeNode(node: Node): Message {
  const message = new Message();
  for (const input of node.inputs) message.text(1, input);
  for (const output of node.outputs) message.text(2, output);
  if (node.name !== undefined) message.text(3, node.name);
  message.text(4, node.op);
  for (const [name, attribute] of sorted(node.attributes ?? {})) message.message(5, encodeAttribute(name, attribute));
  if (node.domain !== undefined) message.text(7, node.domain);
  return message;
}

/** By UTF-16 code units: the order of a locale would differ between machines. */
function sorted(attributes: Readonly<Record<string, Attribute>>): [string, Attribute][] {
  return Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
}

function encodeAttribute(name: string, attribute: Attribute): Message {
  const message = new Message().text(1, name);
  return message.integer(20, writeAttributeValue(message, attribute));
}

/** Writes the value and returns the number of its type, which the format wants last. */
function writeAttributeValue(message: Message, attribute: Attribute): number {
  if ('float' in attribute) {
    message.float(2, attribute.float);
    return ATTRIBUTE_TYPE.float;
  }
  if ('int' in attribute) {
    message.integer(3, attribute.int);
    return ATTRIBUTE_TYPE.int;
  }
  if ('string' in attribute) {
    message.text(4, attribute.string);
    return ATTRIBUTE_TYPE.string;
  }
  if ('tensor' in attribute) {
    message.message(5, encodeTensor(attribute.tensor));
    return ATTRIBUTE_TYPE.tensor;
  }
  if ('graph' in attribute) {
    message.message(6, encodeGraph(attribute.graph));
    return ATTRIBUTE_TYPE.graph;
  }
  return writeAttributeList(message, attribute);
}

/** `onnx.proto` is proto2, where lists are not packed: each element has its own tag. */
function writeAttributeList(message: Message, attribute: Extract<Attribute, { ints: unknown } | { floats: unknown }>) {
  if ('floats' in attribute) {
    for (const value of attribute.floats) message.float(7, value);
    return ATTRIBUTE_TYPE.floats;
  }
  for (const value of attribute.ints) message.integer(8, value);
  return ATTRIBUTE_TYPE.ints;
}

function encodeTensor({ name, type, shape, data }: Initializer): Message {
  const message = new Message();
  for (const dimension of shape) message.integer(1, dimension);
  message.integer(2, ELEMENT_TYPES[type].onnxNumber).text(8, name);
  return isExternal(data) ? writeExternal(message, data) : message.bytes(9, data);
}

function writeExternal(message: Message, { file, offset, length }: ExternalData): Message {
  const entries = { location: file, offset: String(offset), length: String(length) };
  for (const [key, value] of Object.entries(entries)) {
    message.message(13, new Message().text(1, key).text(2, value));
  }
  return message.integer(14, EXTERNAL);
}

function encodeValueInfo({ name, type, shape }: ValueInfo): Message {
  const dimensions = new Message();
  for (const dimension of shape) dimensions.message(1, encodeDimension(dimension));
  const tensorType = new Message().integer(1, ELEMENT_TYPES[type].onnxNumber).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}

function encodeDimension(dimension: number | string): Message {
  return typeof dimension === 'number' ? new Message().integer(1, dimension) : new Message().text(2, dimension);
}
