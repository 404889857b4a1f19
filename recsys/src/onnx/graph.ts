/**
 * A graph as its author writes it: plain values, which `graphProblems` judges and `encodeModel` turns into bytes.
 *
 * Values (inputs, initializers, outputs of nodes) share one namespace, and each name is given once. A graph in an
 * attribute also reads the names that are visible where its node stands, and gives none of them again.
 */
import type { ElementType } from './element-type.js';

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** A number is a fixed dimension, a string a symbolic one; [] is a scalar. */
  readonly shape: readonly (number | string)[];
}

/** Bytes that the runtime maps itself: they lie beside the model file, in row-major little-endian order. */
export interface ExternalData {
  /** A plain file name in the folder of the model. */
  readonly file: string;
  /** Bytes from the start of the file; beyond 4 GiB is fine. */
  readonly offset: number;
  /** Bytes: the product of the shape times the bytes of an element. */
  readonly length: number;
}

export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Row-major little-endian bytes, or where they lie. */
  readonly data: Uint8Array | ExternalData;
}

export interface InlineInitializer extends Initializer {
  readonly data: Uint8Array;
}

/** The key says which kind it is in ONNX, because `1` alone could be an integer or a float. Floats are kept as f32. */
export type Attribute =
  | { readonly int: number | bigint }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly floats: readonly number[] }
  | { readonly tensor: InlineInitializer }
  | { readonly graph: Graph };

/** Operators that are not of the standard set: ONNX Runtime's own. */
export type Domain = 'com.microsoft';

export interface Node {
  readonly op: string;
  readonly domain?: Domain;
  /** Names of values; '' is an optional input that is left out. */
  readonly inputs: readonly string[];
  /** Names that this node gives; '' is an output that is not wanted. */
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** What profiles and error messages of the runtime call this node. */
  readonly name?: string;
}

export interface Graph {
  readonly name: string;
  /** Every node stands after those whose outputs it reads. */
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: readonly Initializer[];
}

/** By shape, because `instanceof` lies across realms. */
export function isExternal(data: Initializer['data']): data is ExternalData {
  return 'file' in data;
}
