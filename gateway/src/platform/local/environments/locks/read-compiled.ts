/** Reads what `uv pip compile --annotation-style line --generate-hashes` writes: what uv would install, and who needs it. */
import { hashesOf, normalisedName } from './requirements-text.js';

export interface CompiledPackage {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly string[];
  /** Names of the packages that need it. */
  readonly neededBy: readonly string[];
}

const BEGIN = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)/;

export function readCompiled(text: string): CompiledPackage[] {
  return text.split(/^(?=[A-Za-z0-9])/m).flatMap(block => {
    const [, name, version] = BEGIN.exec(block) ?? [];
    if (name === undefined || version === undefined) return [];
    const parents = [...block.matchAll(/# via (.*)$/gm)].flatMap(match => (match[1] ?? '').split(', '));
    const neededBy = parents
      .map(parent => parent.trim())
      .filter(parent => parent !== '' && !parent.startsWith('-'))
      .map(parent => normalisedName(parent.replace(/\[.*$/, '')));
    return [{ name: normalisedName(name), version, hashes: hashesOf(block), neededBy }];
  });
}
