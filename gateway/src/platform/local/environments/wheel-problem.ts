/** Says in a sentence that a package has no file for this machine, where that is why uv failed. */

const NO_WHEEL =
  /Because (\S+)==(\S+) has no wheels with a matching (platform|Python ABI|Python implementation|Python) tag/;
const ONLY_SOURCE = /Because (\S+)==(\S+) has no usable wheels/;
const BUILDING_IS_OFF = /building from source is disabled/;
const AVAILABLE =
  /(?:Wheels are available for|found wheels for) .*? with the following [^:]*tags?: (.*)|Wheels are available for .*? on the following platforms?: (.*)/;

/** @param machine such as `Python 3.11.7 on linux x86_64` */
export function wheelProblem(lines: readonly string[], machine: string): string | undefined {
  const text = lines.join(' ').replace(/\s+/g, ' ');
  const [, name, version] = NO_WHEEL.exec(text) ?? ONLY_SOURCE.exec(text) ?? [];
  if (name === undefined || version === undefined) return undefined;
  const missing = `${name} ${version} has no wheel for this machine (${machine})`;
  if (BUILDING_IS_OFF.test(text)) {
    return `${missing}. It would have to be built, which runs its code: allow builds for this environment if you trust it.`;
  }
  const [, tags, platforms] = AVAILABLE.exec(text) ?? [];
  const available = (tags ?? platforms ?? '').replaceAll('`', '').trim().slice(0, 200);
  return available === ''
    ? `${missing}. Choose another version or another interpreter, or make the lock on such a machine.`
    : `${missing}; there is one for ${available}. Choose a version that has one for this machine too.`;
}
