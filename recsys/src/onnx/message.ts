import { float32Bytes } from './float32-bytes.js';
import { varint } from './varint.js';

/** How a value is laid out on the wire, the low three bits of a tag. */
const WIRE = { varint: 0, lengthDelimited: 2, fixed32: 5 } as const;

/**
 * One Protocol Buffers message, written field after field. Writing fields by ascending number yields the very bytes
 * that Google's own serializers write. Bytes are copied once, by `encode`, however deep the messages nest.
 */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Bytes of the encoded message. */
  get length(): number {
    return this.#length;
  }

  /** @throws RangeError if the value is not an int64, see `varint`. */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, WIRE.varint).#append(varint(value));
  }

  /** Rounds to f32. */
  float(field: number, value: number): this {
    return this.#tag(field, WIRE.fixed32).#append(float32Bytes([value]));
  }

  /** The bytes must not change before `encode`. */
  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, WIRE.lengthDelimited).#append(varint(value.length)).#append(value);
  }

  /** As UTF-8. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Takes what `value` holds now: fields written to it later are not part of this message. */
  message(field: number, value: Message): this {
    this.#tag(field, WIRE.lengthDelimited).#append(varint(value.length));
    for (const part of value.#parts) this.#append(part);
    return this;
  }

  encode(): Uint8Array {
    const encoded = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      encoded.set(part, offset);
      offset += part.length;
    }
    return encoded;
  }

  #tag(field: number, wire: number): this {
    return this.#append(varint(field * 8 + wire));
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}
