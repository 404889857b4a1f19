/**
 * Who asks, from the two headers that only the Jupyter server's half of Berth sets (it strips them from what a
 * browser sends). Both are percent-encoded UTF-8, because headers are Latin-1 and folders are not.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isAbsolute, normalize } from 'node:path';
import { PlatformError, type Problem } from '../contract/index.js';
import type { Actor } from '../platform/platform.js';

const USER_HEADER = 'X-Berth-User';
const ROOT_HEADER = 'X-Berth-Root';

/** @throws PlatformError `invalid-input` naming each header that is missing or wrong. */
export function actorOf(headers: IncomingHttpHeaders): Actor {
  const problems: Problem[] = [];
  const name = decoded(headers, USER_HEADER, problems);
  const rootFolder = decoded(headers, ROOT_HEADER, problems);
  if (name !== undefined && (name === '' || name.length > 256)) {
    problems.push({ field: USER_HEADER, message: 'want a name of 1 to 256 characters' });
  }
  if (rootFolder !== undefined && (!isAbsolute(rootFolder) || rootFolder.includes('\0'))) {
    problems.push({ field: ROOT_HEADER, message: 'want an absolute path, percent-encoded' });
  }
  if (name === undefined || rootFolder === undefined || problems.length > 0) {
    throw new PlatformError('invalid-input', 'The request does not say who asks.', { problems });
  }
  return { name, rootFolder: normalize(rootFolder) };
}

function decoded(headers: IncomingHttpHeaders, header: string, problems: Problem[]): string | undefined {
  const value = headers[header.toLowerCase()];
  if (typeof value !== 'string') {
    problems.push({ field: header, message: 'is missing' });
    return undefined;
  }
  try {
    return decodeURIComponent(value);
  } catch {
    problems.push({ field: header, message: 'is not percent-encoded UTF-8' });
    return undefined;
  }
}
