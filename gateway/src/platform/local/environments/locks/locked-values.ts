/**
 * What may stand where in a lock. A stranger may have written it, so each value is held against what it can be: nothing
 * that passes here is an address, a path, or more than one line.
 */
import { z } from 'zod';
import { normalisedName } from './requirements-text.js';

const LONGEST_MARKER = 4_000;
/** No `:` and no `/`: no marker that uv writes has one, and so none can carry an address. */
const MARKER = /^[\w.<>=!~()'" *+,-]*$/;

export const Name = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'want the name of a package')
  .transform(normalisedName);

export const Version = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.!+_-]*[A-Za-z0-9])?$/, 'want a version, such as 2.1.0');

/** Such as `>=2,<3`. */
export const Specifier = z
  .string()
  .max(1_000)
  .regex(/^[A-Za-z0-9.*+!<>=~_, -]*$/, 'want versions, such as >=2,<3');

/** An environment marker that says nothing of extras: nobody can choose them here. */
export const Marker = z
  .string()
  .max(LONGEST_MARKER)
  .regex(MARKER, "want an environment marker, such as sys_platform == 'linux'")
  .refine(
    text => !/\b(extras?|dependency_groups)\b/.test(text.replace(/'[^']*'|"[^"]*"/g, '')),
    'it depends on extras or groups that somebody has to choose; want the lock of one choice, as `uv export` writes it'
  );

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'want a sha256 of 64 hex digits');

/** Of a wheel or source archive; `undefined` when the address does not end in one. */
export function fileNameOf(address: string): string | undefined {
  const last =
    address
      .replace(/[?#].*$/s, '')
      .split(/[/\\]/)
      .at(-1) ?? '';
  try {
    const name = decodeURIComponent(last);
    return FILE_NAME.test(name) ? name : undefined;
  } catch {
    // A stray `%`: no index names a file like that.
    return undefined;
  }
}

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._+!-]{0,250}\.(whl|tar\.gz|zip|tgz|tar\.bz2|tar\.xz|tar\.zst|tar)$/;
