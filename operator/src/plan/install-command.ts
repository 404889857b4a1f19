/** Decides whether a command would change the environment, which is fixed for a run: a training never installs. */

const PROGRAM = String.raw`(?:sudo\s+)?(?:\w+=\S*\s+)*(?:[\w./-]*/)?(?:pip3?|conda|mamba|micromamba|uv|poetry|apt|apt-get)`;
const INSTALLER = new RegExp(String.raw`(?:^|[;&|(])\s*${PROGRAM}(?=\s|$)|\s-m\s+(?:pip|conda|uv)(?=\s|$)`);
const INSTALL_MAGICS = new Set(['pip', 'conda', 'mamba', 'micromamba', 'uv']);

/** Does this shell command call a package manager? */
export function isInstallCommand(command: string): boolean {
  return INSTALLER.test(command);
}

/** Is this the name of a magic that calls a package manager? */
export function isInstallMagic(name: string): boolean {
  return INSTALL_MAGICS.has(name);
}

/** What to do instead; ends a sentence that names what was refused. */
export const INSTALL_ADVICE =
  'changes the environment, which is fixed for a run; put the package into the environment, or tag the cell berth:skip';
