/** The few lines of uv's output that say why it failed, fit for a person to read and without passwords. */

const MAX_LINES = 12;
const MAX_CHARACTERS = 1_500;
const FULL = /No space left on device|\(os error (28|122)\)|Disk quota exceeded/;

const NO_BUILD = /building from source is disabled/;
const BUILD_HINT = 'Packages without a wheel for this machine can be built, which runs their code, if that is allowed.';

const COLOURS = /\u001b\[[0-9;]*m/g;

/** @param folder named when the disk is full */
export function uvFailureMessage(lines: readonly string[], folder: string): string {
  const plain = lines.map(line => withoutCredentials(line.replace(COLOURS, '').trimEnd())).filter(line => line !== '');
  if (plain.some(line => FULL.test(line))) {
    return `There is no space left for it in ${folder} or in uv’s cache. Free some space there and try again.`;
  }
  const first = plain.findIndex(line => /^(error\b|\s*[×x] )/.test(line));
  const essential = first === -1 ? plain.slice(-5) : plain.slice(first, first + MAX_LINES);
  const reason = essential.join('\n').slice(0, MAX_CHARACTERS);
  if (plain.some(line => NO_BUILD.test(line))) return `${reason}\n${BUILD_HINT}`;
  return reason || 'uv ended without saying why';
}

/** Takes `user:password@` or `token@` out of every URL. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@'"`<>]*(?:@[^/\s@'"`<>]*)*@/gi, '$1');
}
