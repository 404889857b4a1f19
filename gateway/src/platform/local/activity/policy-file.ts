/**
 * The policy of this machine: a file that somebody may write at any time. Whatever is wrong with it is said, all of it, and
 * then nothing is stopped until it is right: a slip of the pen must not cost anybody a kernel.
 */
import { readFile, stat } from 'node:fs/promises';
import { readPolicyPart } from '@berth/operator/plan';
import type { PolicyPart } from '@berth/operator/plan';
import { errnoOf } from '../../../store/index.js';
import type { PlatformLog } from '../ports.js';

/** No policy is longer; what is, is some other file. */
const MAX_BYTES = 64 * 1024;
const ABSENT = 'absent';

export interface LocalPolicy {
  /** What it says on top of the policy that holds without it; nothing when it has problems. */
  readonly part: PolicyPart;
  readonly problems: readonly string[];
}

export class PolicyFile {
  private mark = '';
  private policy: LocalPolicy = { part: {}, problems: [] };

  constructor(
    private readonly path: string,
    private readonly log: PlatformLog
  ) {}

  /** What it says now. It is read again only when it has changed. */
  async read(): Promise<LocalPolicy> {
    const mark = await markOf(this.path);
    if (mark === this.mark) return this.policy;
    this.policy = await readPolicy(this.path, mark);
    this.mark = mark;
    const { path } = this;
    const { problems } = this.policy;
    if (problems.length > 0) this.log.warn('the idle policy has problems; nothing is stopped', { path, problems });
    else if (mark !== ABSENT) this.log.info('the idle policy was read', { path });
    return this.policy;
  }
}

/** Changes whenever the file does. */
async function markOf(path: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(' ');
  } catch (error: unknown) {
    return errnoOf(error) === 'ENOENT' ? ABSENT : `unreadable ${errnoOf(error) ?? ''}`;
  }
}

async function readPolicy(path: string, mark: string): Promise<LocalPolicy> {
  if (mark === ABSENT) return { part: {}, problems: [] };
  try {
    const read = readPolicyPart(JSON.parse(await textOf(path)), path);
    return 'part' in read ? { part: read.part, problems: [] } : { part: {}, problems: read.problems };
  } catch (error: unknown) {
    const why = error instanceof SyntaxError ? `it is not valid JSON (${error.message})` : messageOf(error);
    return { part: {}, problems: [`${path}: ${why}; want one JSON object, as docs/idle.md describes it`] };
  }
}

/** A pipe would never end, and the log of a year is no policy. */
async function textOf(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error('it is no file');
  if (found.size > MAX_BYTES) throw new Error(`it has ${found.size} bytes; at most ${MAX_BYTES} fit`);
  return readFile(path, 'utf8');
}

function messageOf(error: unknown): string {
  const code = errnoOf(error);
  if (code !== undefined) return `it cannot be read (${code})`;
  return error instanceof Error ? error.message : String(error);
}
