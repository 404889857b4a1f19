/** What requests and answers are, in the headers of frames (docs/reference/recsys-protocol.md). */
import { z } from 'zod';
import { type Arrays, packArrays } from './arrays.js';
import { encodeFrame, type Frame } from './frame.js';
import { readWith } from './read-with.js';
import { isRuntimeError, type RuntimeErrorCode } from './runtime-error.js';

/** About twelve days. */
const MAX_DEADLINE_MS = 2 ** 30;
/** A message may repeat what a request held, and that may be as long as a header. */
const MAX_MESSAGE_LENGTH = 2000;

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** From its arrival on. */
  readonly deadlineMs?: number | undefined;
}

const REQUEST = z.object({
  id: z.int(),
  method: z.string().max(100),
  params: z.record(z.string(), z.unknown()).default({}),
  deadlineMs: z.number().min(0).max(MAX_DEADLINE_MS).optional()
});

/** What is said of a request that is on its way: that nobody wants it any more, or that what it has so far will do. */
export interface Word {
  readonly word: 'cancel' | 'stop';
  readonly id: number;
}

/** A request, or the wish to end one. @throws RuntimeError `invalid-input` where a frame is neither */
export function readMessage({ header }: Frame): Request | Word {
  for (const word of ['cancel', 'stop'] as const) {
    if (header[word] !== undefined) return { word, id: readWith(z.int(), word, header[word]) };
  }
  return readWith(REQUEST, '', header);
}

export interface Answer {
  readonly result: object;
  readonly arrays?: Arrays;
}

export function answerFrame(id: number, { result, arrays: views }: Answer): Uint8Array[] {
  if (views === undefined) return encodeFrame({ id, result });
  const { arrays, body } = packArrays(views);
  return encodeFrame({ id, result, arrays }, body);
}

/** @param code  for what was not foreseen */
export function errorFrame(id: number | null, error: unknown, code: RuntimeErrorCode = 'internal'): Uint8Array[] {
  if (isRuntimeError(error)) {
    const field = error.field === undefined ? {} : { field: shortened(error.field) };
    return encodeFrame({ id, error: { code: error.code, message: shortened(error.message), ...field } });
  }
  const message = error instanceof Error ? error.message : String(error);
  return encodeFrame({ id, error: { code, message: shortened(`unexpected: ${message}`) } });
}

function shortened(text: string): string {
  return text.length <= MAX_MESSAGE_LENGTH
    ? text
    : `${text.slice(0, MAX_MESSAGE_LENGTH)} … (${text.length} characters)`;
}
