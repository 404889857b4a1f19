/** Arrays in the body of a frame: typed views in, bytes out. Nothing that a header says of them is believed. */
import { invalid } from './runtime-error.js';

const TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array
} as const;
const ALIGNMENT = 64;

export type DType = keyof typeof TYPES;
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface ArrayView<T extends TypedArray = TypedArray> {
  readonly shape: readonly number[];
  readonly values: T;
}

export type Arrays = Readonly<Record<string, ArrayView>>;

/** Reads the arrays of a frame. Their values are copies, aligned, and no longer tied to the frame. */
export function readArrays(described: unknown, body: Uint8Array): Arrays {
  if (described === undefined) return {};
  if (typeof described !== 'object' || described === null) throw invalid('arrays', 'arrays is no object');
  const pairs = Object.entries(described).map(([name, each]) => [name, readArray(name, each, body)] as const);
  return Object.fromEntries(pairs);
}

function readArray(name: string, described: unknown, body: Uint8Array): ArrayView {
  const { dtype, shape, offset } = (described ?? {}) as { dtype?: unknown; shape?: unknown; offset?: unknown };
  const field = `arrays.${name}`;
  if (typeof dtype !== 'string' || !Object.hasOwn(TYPES, dtype)) {
    throw invalid(field, `${field}.dtype is ${JSON.stringify(dtype)}: want one of ${Object.keys(TYPES).join(', ')}`);
  }
  if (!Array.isArray(shape) || shape.length > 3 || !shape.every(isSize)) {
    throw invalid(field, `${field}.shape is ${JSON.stringify(shape)}: want up to three sizes`);
  }
  const type = TYPES[dtype as DType];
  const sizes: readonly number[] = shape;
  const bytes = sizes.reduce((product, size) => product * size, type.BYTES_PER_ELEMENT);
  if (!isSize(offset) || offset + bytes > body.byteLength) {
    throw invalid(field, `${field} is ${bytes} bytes at ${JSON.stringify(offset)}: the body has ${body.byteLength}`);
  }
  const copy = new Uint8Array(bytes);
  copy.set(body.subarray(offset, offset + bytes));
  return { shape: sizes, values: new type(copy.buffer) };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export interface PackedArrays {
  readonly arrays: Readonly<Record<string, { dtype: DType; shape: readonly number[]; offset: number }>>;
  readonly body: readonly Uint8Array[];
}

/** Lays arrays out in a body, each at a multiple of 64 bytes. */
export function packArrays(views: Arrays): PackedArrays {
  const arrays: Record<string, { dtype: DType; shape: readonly number[]; offset: number }> = {};
  const body: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(views)) {
    arrays[name] = { dtype: dtypeOf(values), shape, offset };
    const padding = (ALIGNMENT - (values.byteLength % ALIGNMENT)) % ALIGNMENT;
    body.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), new Uint8Array(padding));
    offset += values.byteLength + padding;
  }
  return { arrays, body };
}

/** By name: `instanceof` lies across realms. */
function dtypeOf(values: TypedArray): DType {
  const [dtype] = Object.entries(TYPES).find(([, { name }]) => name === values.constructor.name) ?? [];
  return dtype as DType;
}
