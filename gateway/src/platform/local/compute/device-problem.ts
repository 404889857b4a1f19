/** Decides from what the driver says of a GPU whether anything can be started on it, and if not, why. */
import type { Element } from '@xmldom/xmldom';
import { textAt } from './xml-fields.js';

/** Of a healthy GPU each of these is a value, or honestly not available. */
const VITAL = [
  ['product_name'],
  ['performance_state'],
  ['compute_mode'],
  ['fb_memory_usage', 'total'],
  ['utilization', 'gpu_util'],
  ['temperature', 'gpu_temp']
];
const FAILURE = /ERR!|unknown error|gpu is lost|requires reset/i;
/** Newer drivers write a sentence where they no longer know a field. */
const NOTHING = /^(none|n\/a|\[n\/a\]|requested functionality has been deprecated|)$/i;

/** For people; null: there is none. */
export function deviceProblem(gpu: Element): string | null {
  const failed = VITAL.find(path => FAILURE.test(textAt(gpu, ...path)));
  if (failed !== undefined) return `The driver cannot read its ${failed.at(-1)}: “${textAt(gpu, ...failed)}”.`;
  return modeProblem(gpu) ?? repairProblem(gpu);
}

function modeProblem(gpu: Element): string | null {
  if (textAt(gpu, 'compute_mode') === 'Prohibited') return 'Its compute mode is Prohibited.';
  const [current, pending] = [textAt(gpu, 'mig_mode', 'current_mig'), textAt(gpu, 'mig_mode', 'pending_mig')];
  if (pending === current || NOTHING.test(pending)) return null;
  return `Its MIG mode changes to ${pending} when it is reset.`;
}

function repairProblem(gpu: Element): string | null {
  const action = textAt(gpu, 'gpu_recovery_action');
  if (!NOTHING.test(action)) return `The driver asks for its recovery: ${action}.`;
  const isYes = (...path: readonly string[]): boolean => textAt(gpu, ...path) === 'Yes';
  if (isYes('gpu_reset_status', 'reset_required')) return 'It has to be reset.';
  if (isYes('remapped_rows', 'remapped_row_failure')) return 'Its memory is damaged: remapping a row has failed.';
  const isPending = isYes('remapped_rows', 'remapped_row_pending') || isYes('retired_pages', 'pending_retirement');
  return isPending ? 'Parts of its memory are taken out of use when it is reset.' : null;
}
