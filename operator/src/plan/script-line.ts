/** Decides what a line of a cell is where a statement may begin: Python, or something that only IPython understands. */
import { INSTALL_ADVICE, isInstallCommand } from './install-command.js';
import { planLineMagic, pythonString } from './line-magics.js';
import type { Helper } from './script-prelude.js';

/** What a line that is not Python becomes. `code` stands in place of it, indented as it was. */
export type EscapePlan =
  | { readonly become: 'code'; readonly code: string; readonly helper?: Helper; readonly warning?: string }
  /** The rest of the line from this column on is a statement of Python. */
  | { readonly become: 'statement'; readonly column: number }
  | { readonly become: 'refused'; readonly why: string };

const NAMES = '{**globals(), **locals()}';
const RUNS_IN_EACH = 'runs once in each process of the run';
const TO_PYTHON = 'write Python instead, or tag the cell berth:skip';

const CELL_MAGIC = /^%%(\S*)/;
const LINE_MAGIC = /^(%([A-Za-z_][\w.]*)[ \t]*)(.*)$/;
const HELP = /^(?:\?{1,2}\s*\S.*|%{0,2}[A-Za-z_*][\w.*[\]]*\s*\?{1,2}\s*)$/;
const SHELL = /^!!?(.*)$/;
const ASSIGNED = /^([A-Za-z_][\w.,\s[\]*]*?)\s*=\s*([!%])(.*)$/;
const BARE_INSTALL = /^(?:pip3?|conda|mamba|uv)\s+(?:install|uninstall|add|pip|sync)\b/;

/** What the line is; undefined for Python. `line` is without indentation, with its continuation lines joined. */
export function planEscape(line: string): EscapePlan | undefined {
  if (HELP.test(line)) return { become: 'code', code: `pass  # ${line}` };
  const cellMagic = CELL_MAGIC.exec(line);
  if (cellMagic !== null) {
    return { become: 'refused', why: `%%${cellMagic[1]} is a cell magic; it has to be the first line of its cell` };
  }
  if (line.startsWith('%')) return planMagic(line);
  const shell = SHELL.exec(line)?.[1];
  if (shell !== undefined) return planShell(shell.trim());
  const assigned = ASSIGNED.exec(line);
  if (assigned !== null) return planAssigned(assigned);
  if (BARE_INSTALL.test(line)) return { become: 'refused', why: `"${line}" ${INSTALL_ADVICE}` };
  if (/^[/,;]/.test(line)) return { become: 'refused', why: `"${line}" is a shorthand of IPython; ${TO_PYTHON}` };
  return undefined;
}

function planMagic(line: string): EscapePlan {
  const [, prefix = '', name = '', rest = ''] = LINE_MAGIC.exec(line) ?? [];
  if (name === '') return { become: 'refused', why: `"${line}" is no magic that is known here; ${TO_PYTHON}` };
  const plan = planLineMagic(name, rest);
  if (plan.become === 'refused') return { become: 'refused', why: `%${name} ${plan.why}` };
  if (plan.become === 'statement') return { become: 'statement', column: prefix.length };
  if (plan.become === 'python') return { become: 'code', code: `${plan.code}  # ${line}` };
  const warning = plan.warning === undefined ? {} : { warning: `%${name} ${plan.warning}` };
  return { become: 'code', code: `pass  # ${line}`, ...warning };
}

function planShell(command: string): EscapePlan {
  if (command === '') return { become: 'code', code: 'pass' };
  if (isInstallCommand(command)) return { become: 'refused', why: `"!${command}" ${INSTALL_ADVICE}` };
  const code = `_berth_shell(${pythonString(command)}, ${NAMES})`;
  return { become: 'code', code, helper: 'shell', warning: `"!${command}" ${RUNS_IN_EACH}` };
}

function planAssigned([line = '', target = '', sign = '', command = '']: RegExpExecArray): EscapePlan {
  if (sign === '%') return { become: 'refused', why: `"${line}" takes the value of a magic; ${TO_PYTHON}` };
  const shell = planShell(command.trim());
  if (shell.become !== 'code' || command.trim() === '') return shell;
  return {
    ...shell,
    code: `${target} = _berth_lines(${pythonString(command.trim())}, ${NAMES})`,
    helper: 'lines'
  };
}
