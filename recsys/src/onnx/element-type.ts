/**
 * The element types that a graph of ours may hold, with their numbers in ONNX (`TensorProto.DataType`) and their bytes.
 */
export const ELEMENT_TYPES = {
  float32: { onnxNumber: 1, bytes: 4 },
  uint8: { onnxNumber: 2, bytes: 1 },
  int8: { onnxNumber: 3, bytes: 1 },
  int32: { onnxNumber: 6, bytes: 4 },
  int64: { onnxNumber: 7, bytes: 8 },
  bool: { onnxNumber: 9, bytes: 1 },
  float16: { onnxNumber: 10, bytes: 2 },
  float64: { onnxNumber: 11, bytes: 8 }
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;
