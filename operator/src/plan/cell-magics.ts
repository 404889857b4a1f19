/** Decides what becomes of a cell magic of IPython, and of the cell under it, in a script. */
import { INSTALL_ADVICE, isInstallMagic } from './install-command.js';
import { isFilledIn, pythonString, unquoted } from './line-magics.js';
import type { Helper } from './script-prelude.js';

export type CellMagicPlan =
  /** The magic becomes a comment, the cell stays. */
  | { readonly become: 'cell'; readonly warning?: string }
  /** Nothing is left of the cell but comments. */
  | { readonly become: 'comment'; readonly warning?: string }
  /** The cell becomes the text that is the last argument of this call; the bracket is still open. */
  | {
      readonly become: 'text';
      readonly call: string;
      readonly helper: Helper;
      readonly isShell: boolean;
      readonly warning: string;
    }
  | { readonly become: 'refused'; readonly why: string };

const EACH_PROCESS = 'runs once in each process of the run';
const UNKNOWN: CellMagicPlan = {
  become: 'refused',
  why: 'is unknown here; write Python instead, or tag the cell berth:skip'
};

const keep = (): CellMagicPlan => ({ become: 'cell' });
const show = (): CellMagicPlan => ({ become: 'comment' });

const PLANS: ReadonlyMap<string, (args: string, name: string) => CellMagicPlan> = new Map([
  ['time', keep],
  ['prun', keep],
  ['capture', planCapture],
  ['timeit', () => ({ become: 'comment', warning: 'measures only, and its cell is left out' })],
  ['bash', planShell],
  ['sh', planShell],
  ['script', planScriptMagic],
  ['writefile', planWriteFile],
  ['file', planWriteFile],
  ...['html', 'HTML', 'javascript', 'js', 'latex', 'markdown', 'svg', 'SVG'].map(name => [name, show] as const)
]);

/** Plans the magic `%%name args` on the first line of a cell. */
export function planCellMagic(name: string, args: string): CellMagicPlan {
  if (isInstallMagic(name)) return { become: 'refused', why: INSTALL_ADVICE };
  return PLANS.get(name)?.(args, name) ?? UNKNOWN;
}

/** `%%script false` is how people switch a cell off. */
function planScriptMagic(args: string): CellMagicPlan {
  return /^false\b/.test(args) ? show() : UNKNOWN;
}

function planCapture(args: string): CellMagicPlan {
  const name = args.split(/\s+/).find(word => /^[A-Za-z_]/.test(word));
  if (name === undefined) return { become: 'cell' };
  return {
    become: 'cell',
    warning: `captures nothing here: "${name}" is not set, and what the cell prints goes to the log`
  };
}

function planShell(args: string, program: string): CellMagicPlan {
  if (args !== '') return { become: 'refused', why: 'has options, which only IPython knows; leave them out' };
  const call = `_berth_script(${pythonString(program)},`;
  return { become: 'text', call, helper: 'script', isShell: true, warning: EACH_PROCESS };
}

function planWriteFile(args: string): CellMagicPlan {
  const path = unquoted(args);
  if (path === '' || path.startsWith('-') || isFilledIn(path)) {
    return { become: 'refused', why: 'needs one plain file name here, without options' };
  }
  const call = `_berth_write(${pythonString(path)},`;
  return { become: 'text', call, helper: 'write', isShell: false, warning: EACH_PROCESS };
}
