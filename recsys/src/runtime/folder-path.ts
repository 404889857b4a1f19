import { isAbsolute } from 'node:path';
import { invalid } from './runtime-error.js';

/** The folder of a snapshot in a request. @throws RuntimeError `invalid-input` where it is no absolute path */
export function readFolder(folder: unknown): string {
  if (typeof folder === 'string' && isAbsolute(folder) && !folder.includes('\0')) return folder;
  throw invalid('folder', `folder is ${JSON.stringify(folder)}: want an absolute path`);
}
