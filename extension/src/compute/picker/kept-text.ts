/** How long compute that is ready is still kept. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatElapsed } from '../../shared/elapsed.js';

export function keptText(leftMs: number, trans: TranslationBundle): string {
  return trans.__('Kept for %1, then it goes to the next in line.', formatElapsed(leftMs));
}
