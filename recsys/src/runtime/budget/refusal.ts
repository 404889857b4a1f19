import type { FieldProblem } from '../../kernels/index.js';
import { invalid, type RuntimeError } from '../runtime-error.js';

/** One error for all that is wrong: the field is that of the first. */
export function refusalOf(problems: readonly FieldProblem[]): RuntimeError {
  const [first] = problems;
  const lines = problems.map(({ field, message }) => (field === '' ? message : `${field} ${message}`));
  return invalid(first?.field ?? '', lines.join('; '));
}
