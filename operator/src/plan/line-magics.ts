/** Decides what becomes of a line magic of IPython in a script. */
import { INSTALL_ADVICE, isInstallMagic } from './install-command.js';

export type LineMagicPlan =
  /** Nothing is left of it but a comment. */
  | { readonly become: 'comment'; readonly warning?: string }
  /** The statement behind it stays. */
  | { readonly become: 'statement' }
  | { readonly become: 'python'; readonly code: string }
  | { readonly become: 'refused'; readonly why: string };

/** They set up the notebook or show something in it; a script loses nothing. */
const OF_THE_NOTEBOOK =
  'matplotlib load_ext reload_ext unload_ext autoreload aimport config precision xmode colors automagic pdb debug ' +
  'who who_ls whos pwd history hist lsmagic magic pinfo pinfo2 pdoc psource page reset';

const refuse = (why: string) => (): LineMagicPlan => ({ become: 'refused', why });
const show = (): LineMagicPlan => ({ become: 'comment' });
/** They run a statement many times or in a scope of its own, and define nothing. */
const measure = (): LineMagicPlan => ({ become: 'comment', warning: 'measures only, and is left out' });

const PLANS: ReadonlyMap<string, (rest: string) => LineMagicPlan> = new Map([
  ...OF_THE_NOTEBOOK.split(' ').map(name => [name, show] as const),
  ...['timeit', 'memit', 'mprun', 'lprun'].map(name => [name, measure] as const),
  ['tensorboard', () => ({ become: 'comment', warning: 'is left out; no TensorBoard is started' })],
  ['time', planRunOnce],
  ['prun', planRunOnce],
  ['env', planEnv],
  ['set_env', planEnv],
  ['cd', planCd],
  ['pylab', refuse('puts names into the notebook that a script has to import; import what you use')],
  ['run', refuse('runs another file in this namespace; import it instead')],
  ['load', refuse('is replaced by the file in the notebook; run the cell once there')],
  ['store', refuse('reads what another session stored; load it from a file')]
]);

const UNKNOWN = refuse('is unknown here; write Python instead, or tag the cell berth:skip');

/** Plans the magic `%name rest`. */
export function planLineMagic(name: string, rest: string): LineMagicPlan {
  if (isInstallMagic(name)) return { become: 'refused', why: INSTALL_ADVICE };
  return (PLANS.get(name) ?? UNKNOWN)(rest.trim());
}

function planRunOnce(rest: string): LineMagicPlan {
  if (rest === '') return { become: 'comment' };
  return rest.startsWith('-') ? { become: 'refused', why: 'has options; leave them out' } : { become: 'statement' };
}

function planEnv(rest: string): LineMagicPlan {
  const set = rest.includes('=') ? /^([^\s=]+)\s*=\s*(.*)$/.exec(rest) : /^(\S+)\s+(.+)$/.exec(rest);
  if (set === null) return { become: 'comment' };
  const [, key = '', value = ''] = set;
  if (isFilledIn(value)) {
    return { become: 'refused', why: `fills in a value; write os.environ[${pythonString(key)}] = ... in Python` };
  }
  return { become: 'python', code: `__import__("os").environ[${pythonString(key)}] = ${pythonString(value)}` };
}

function planCd(rest: string): LineMagicPlan {
  const path = unquoted(rest);
  if (path === '' || path.startsWith('-') || isFilledIn(path)) {
    return { become: 'refused', why: 'goes to a folder that only the notebook knows; write os.chdir(...) in Python' };
  }
  return { become: 'python', code: `__import__("os").chdir(__import__("os").path.expanduser(${pythonString(path)}))` };
}

/** Would IPython put values of Python variables into this text? */
export function isFilledIn(text: string): boolean {
  return /[{$]/.test(text);
}

/** The text without the one pair of quotes around it. */
export function unquoted(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

/** A Python literal of the text: a JSON string is one, escapes included. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}
