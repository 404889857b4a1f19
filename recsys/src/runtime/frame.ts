/**
 * Frames: two lengths, a header of JSON, a body of bytes (ADR 0010). What a stranger sends is bounded before it is kept: the lengths are checked
 * when the first eight bytes are there.
 */
import { RuntimeError } from './runtime-error.js';

export const MAX_HEADER_BYTES = 1024 * 1024;
export const MAX_BODY_BYTES = 64 * 1024 * 1024;
const PREFIX_BYTES = 8;

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

/** The bytes of a frame, in pieces so that a body is not copied. */
export function encodeFrame(header: object, body: readonly Uint8Array[] = []): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const bodyBytes = body.reduce((sum, piece) => sum + piece.byteLength, 0);
  if (text.length > MAX_HEADER_BYTES) throw tooLarge('header', text.length, MAX_HEADER_BYTES);
  if (bodyBytes > MAX_BODY_BYTES) throw tooLarge('body', bodyBytes, MAX_BODY_BYTES);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(text.length, 0);
  prefix.writeUInt32LE(bodyBytes, 4);
  return [Buffer.concat([prefix, text]), ...body];
}

/** Puts frames together from what arrives. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @throws RuntimeError `too-large` or `invalid-input`: the connection cannot be understood any more. */
  push(piece: Uint8Array): Frame[] {
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#bytes < PREFIX_BYTES) return undefined;
    const prefix = this.#front(PREFIX_BYTES);
    const headerBytes = prefix.readUInt32LE(0);
    const bodyBytes = prefix.readUInt32LE(4);
    if (headerBytes > MAX_HEADER_BYTES) throw tooLarge('header', headerBytes, MAX_HEADER_BYTES);
    if (bodyBytes > MAX_BODY_BYTES) throw tooLarge('body', bodyBytes, MAX_BODY_BYTES);
    const total = PREFIX_BYTES + headerBytes + bodyBytes;
    if (this.#bytes < total) return undefined;
    const whole = this.#front(total);
    this.#drop(total);
    const header = parseHeader(whole.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
    return { header, body: whole.subarray(PREFIX_BYTES + headerBytes, total) };
  }

  /** The first `count` bytes, made one piece; the pieces behind them stay. */
  #front(count: number): Buffer {
    const [first] = this.#pieces;
    if (first === undefined || first.byteLength < count) {
      const whole = Buffer.concat(this.#pieces, this.#bytes);
      this.#pieces = [whole];
      return whole.subarray(0, count);
    }
    return Buffer.from(first.buffer, first.byteOffset, count);
  }

  #drop(count: number): void {
    const [first, ...others] = this.#pieces;
    const rest = first?.subarray(count);
    this.#pieces = rest === undefined || rest.byteLength === 0 ? others : [rest, ...others];
    this.#bytes -= count;
  }
}

function parseHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw new RuntimeError('invalid-input', 'a frame has a header that is no JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new RuntimeError('invalid-input', 'a frame has a header that is no JSON object');
  }
  return header as Readonly<Record<string, unknown>>;
}

function tooLarge(what: string, bytes: number, most: number): RuntimeError {
  return new RuntimeError('too-large', `a frame has a ${what} of ${bytes} bytes: want at most ${most}`);
}
