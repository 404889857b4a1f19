import { ELEMENT_TYPES } from './element-type.js';
import type { ExternalData, Initializer } from './graph.js';
import { isExternal } from './graph.js';
import { isUnicode } from './is-unicode.js';

/**
 * What is wrong with the shape and the data of a tensor, each as "what it is: want what would be right"; [] if all is
 * well. Its name is judged where it is known what the name is for.
 */
export function tensorProblems({ type, shape, data }: Pick<Initializer, 'type' | 'shape' | 'data'>): string[] {
  const problems = shape.flatMap((dimension, axis) =>
    isSize(dimension) ? [] : [`dimension ${axis} is ${dimension}: want a non-negative safe integer`]
  );
  if (isExternal(data)) problems.push(...externalProblems(data));
  if (problems.length > 0) return problems;
  const wantBytes = shape.reduce((product, dimension) => product * dimension, ELEMENT_TYPES[type].bytes);
  const label = `${type}[${shape.join(', ')}]`;
  if (!isSize(wantBytes)) return [`${label} is over 2^53 bytes: want fewer`];
  return data.length === wantBytes ? [] : [`data has ${data.length} bytes: want ${wantBytes} for ${label}`];
}

function externalProblems({ file, offset, length }: ExternalData): string[] {
  const problems: string[] = [];
  if (!isPlainFileName(file)) {
    problems.push(`external file ${JSON.stringify(file)}: want a plain file name in the folder of the model`);
  }
  if (!isSize(offset)) problems.push(`external offset is ${offset}: want a non-negative safe integer of bytes`);
  if (!isSize(length)) problems.push(`external length is ${length}: want a non-negative safe integer of bytes`);
  if (isSize(offset) && isSize(length) && !isSize(offset + length)) {
    problems.push(`external data ends at ${offset} + ${length}: want an end below 2^53 bytes`);
  }
  return problems;
}

/** Nothing that could lead out of the folder of the model, whichever system reads it. */
function isPlainFileName(file: string): boolean {
  return isUnicode(file) && !['', '.', '..'].includes(file) && !/[/\\\0]/.test(file);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
