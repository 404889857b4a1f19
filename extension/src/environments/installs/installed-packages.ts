/**
 * Which packages a cell would install with pip, uv or conda. Read with care but without a shell: what it cannot name (files,
 * addresses, variables) it leaves out. Pure.
 */
import { PACKAGE_NAME, normalisedName } from '../kernel/shapes.js';

/** `pip`, `python -m pip`, `uv pip`, `conda` and its like, after `%` or `!`, as whole line. */
const COMMAND =
  /^\s*[%!]+\s*(?:sudo\s+)?(?:(?:\S*\/)?python[\d.]*\s+-m\s+pip\d*|(?:\S*\/)?uv\s+pip|(?:\S*\/)?pip[\d.]*|(?:\S*\/)?(?:conda|mamba|micromamba))\s+install(?:\s+(.*))?$/;
/** Options whose next word belongs to them. */
const TAKES_VALUE = new Set(
  (
    '-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target --prefix ' +
    '--root --src --platform --python-version --implementation --abi --python -p --cache-dir --proxy --timeout --retries ' +
    '--trusted-host --cert --no-binary --only-binary --upgrade-strategy -n --name --channel --index --default-index ' +
    '--override --overrides --log --progress-bar --report -C --config-settings --global-option -P --upgrade-package'
  ).split(' ')
);
/** A requirement: name, extras, versions; conda's single `=` too. */
const REQUIREMENT =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\[[A-Za-z0-9._,-]*\])?((?:===|==|~=|!=|<=|>=|<|>|=).+)?$/;
const MOST_PACKAGES = 50;

export interface IInstallation {
  /** Requirements as pip reads them, such as `pandas==2.3.1`; empty when it installs what has no name here. */
  readonly packages: readonly string[];
}

/** @returns null when the cell installs nothing. */
export function installationIn(source: string): IInstallation | null {
  const commands = logicalLines(source).flatMap(line => {
    const match = COMMAND.exec(line);
    return match === null ? [] : [match[1] ?? ''];
  });
  if (commands.length === 0) return null;
  const byName = new Map<string, string>();
  for (const requirement of commands.flatMap(requirementsIn)) {
    byName.set(nameOf(requirement), requirement);
  }
  return { packages: [...byName.values()].slice(0, MOST_PACKAGES) };
}

/** The name of a requirement, normalised. */
export function nameOf(requirement: string): string {
  return normalisedName(/^[A-Za-z0-9._-]*/.exec(requirement)![0]);
}

/** Those that were asked for before, each replaced where it is named anew. */
export function withPackages(before: readonly string[], added: readonly string[]): string[] {
  const named = new Set(added.map(nameOf));
  return [...before.filter(requirement => !named.has(nameOf(requirement))), ...added];
}

/** Lines with their continuations. */
function logicalLines(source: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of source.split(/\r?\n/)) {
    if (line.endsWith('\\')) {
      open += `${line.slice(0, -1)} `;
    } else {
      lines.push(open + line);
      open = '';
    }
  }
  return open === '' ? lines : [...lines, open];
}

function requirementsIn(commandArguments: string): string[] {
  const found: string[] = [];
  let isValue = false;
  for (const word of wordsOf(commandArguments)) {
    if (isEnd(word)) break;
    if (isValue || word.startsWith('-')) {
      isValue = !isValue && TAKES_VALUE.has(word);
      continue;
    }
    const requirement = asRequirement(word);
    if (requirement !== null) found.push(requirement);
  }
  return found;
}

/** What follows belongs to another command, or is a remark. */
function isEnd(word: string): boolean {
  return /^(?:[;&|]|\d?>|<$|#)/.test(word);
}

/** Words as a shell splits them, without their quotes; an unclosed quote ends with the line. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:[^\s"'|&;]|"[^"]*"?|'[^']*'?)+|[|&;]+/g) ?? [];
  return words.map(word => (/^\d?[<>]/.test(word) ? word : word.replace(/["']/g, '')));
}

function asRequirement(word: string): string | null {
  const match = REQUIREMENT.exec(word);
  if (match === null) return null;
  const [, name = '', extras = '', versions = ''] = match;
  if (!PACKAGE_NAME.test(normalisedName(name)) || /[/\\:$`{}]/.test(word) || isFile(word)) return null;
  return name + extras + (/^=[^=]/.test(versions) ? `=${versions}` : versions);
}

function isFile(word: string): boolean {
  return /\.(?:whl|zip|txt|toml|tar|gz)$/i.test(word) || word === '.';
}
