/** Decides which helper functions stand at the top of a generated script: those that it uses. They need no IPython. */

/** What a generated script may need. */
export const HELPERS = ['display', 'fill', 'shell', 'lines', 'script', 'write'] as const;
export type Helper = (typeof HELPERS)[number];

const NEEDS: Readonly<Partial<Record<Helper, Helper>>> = { shell: 'fill', lines: 'fill' };

const PYTHON: Readonly<Record<Helper, string>> = {
  display: `def display(*values, **_options):
    for value in values:
        print(value)
`,
  // As in IPython: a text in which something cannot be filled in stays as it is, for the shell.
  fill: String.raw`def _berth_fill(command, names):
    import re

    def fill(found):
        if found[1]:
            return eval("f" + repr(found[0]), names)
        if found[2]:
            return str(names[found[2]]) if found[2] in names else found[0]
        return found[0][0]

    try:
        return re.sub(r"\{\{|\}\}|\$\$|\{([^{}]+)\}|\$([A-Za-z_]\w*)", fill, command)
    except Exception:
        return command
`,
  // As in IPython: a command that fails does not stop the cell. Here it is at least said.
  shell: `def _berth_shell(command, names):
    import subprocess
    import sys

    sys.stdout.flush()
    code = subprocess.run(_berth_fill(command, names), shell=True).returncode
    if code != 0:
        print(f"[berth] exit code {code} from: {command}", file=sys.stderr, flush=True)
`,
  lines: `def _berth_lines(command, names):
    import subprocess

    command = _berth_fill(command, names)
    return subprocess.run(
        command, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ).stdout.splitlines()
`,
  // As in IPython: a cell of shell that fails stops the script.
  script: `def _berth_script(program, text):
    import subprocess
    import sys

    sys.stdout.flush()
    subprocess.run([program], input=text, text=True, check=True)
`,
  // Every process writes it: whoever reads it sees one of the equal files, never a part of one.
  write: `def _berth_write(path, text):
    import os

    path = os.path.expanduser(path)
    part = f"{path}.{os.getpid()}.part"
    with open(part, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(part, path)
`
};

/** The helpers' Python, in a fixed order; empty when nothing is used. */
export function preludeOf(used: ReadonlySet<Helper>): string {
  const needed = new Set([...used].flatMap(helper => [helper, NEEDS[helper] ?? helper]));
  return HELPERS.filter(helper => needed.has(helper))
    .map(helper => PYTHON[helper])
    .join('\n\n');
}
