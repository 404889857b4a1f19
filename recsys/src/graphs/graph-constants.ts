/** The small constants that graphs are full of; given twice, they are kept once. */
import { float32s, type GraphBuilder, int64s } from '../onnx/index.js';

export function scalar(g: GraphBuilder, name: string, value: number): string {
  return g.initializer(float32s(name, [value], []));
}

/** As Reduce operators take it. */
export function axis(g: GraphBuilder, number: number): string {
  return g.initializer(int64s(`axis_${number}`, [number]));
}
