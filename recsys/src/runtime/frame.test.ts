import { encodeFrame, FrameReader, MAX_BODY_BYTES, MAX_HEADER_BYTES } from './frame.js';

const bytesOf = (header: object, ...body: Uint8Array[]): Buffer => Buffer.concat(encodeFrame(header, body));
const prefix = (header: number, body: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(header, 0);
  bytes.writeUInt32LE(body, 4);
  return bytes;
};
const framed = (text: string): Buffer => Buffer.concat([prefix(Buffer.byteLength(text), 0), Buffer.from(text)]);

const ONE = bytesOf({ id: 1, method: 'grüße' }, Uint8Array.of(1, 2, 3), Uint8Array.of(4));
const TWO = bytesOf({ cancel: 1 });
const WANT = [
  { header: { id: 1, method: 'grüße' }, body: [1, 2, 3, 4] },
  { header: { cancel: 1 }, body: [] },
  { header: { id: 1, method: 'grüße' }, body: [1, 2, 3, 4] }
];
const STREAM = Buffer.concat([ONE, TWO, ONE]);

/** What a reader makes of pieces, as plain values. */
function read(...pieces: Uint8Array[]) {
  const reader = new FrameReader();
  return pieces.flatMap(piece => reader.push(piece)).map(({ header, body }) => ({ header, body: [...body] }));
}

describe('encodeFrame', () => {
  test('is two lengths, little endian, JSON in UTF-8, and the body', () => {
    const text = Buffer.from('{"id":1}');
    expect(bytesOf({ id: 1 }, Uint8Array.of(7, 8))).toEqual(
      Buffer.concat([Buffer.from([8, 0, 0, 0, 2, 0, 0, 0]), text, Buffer.from([7, 8])])
    );
  });

  test('does not copy the body', () => {
    const body = new Uint8Array(4);
    expect(encodeFrame({}, [body])[1]).toBe(body);
  });

  test('refuses what the other side would refuse', () => {
    const header = { text: 'x'.repeat(MAX_HEADER_BYTES) };
    expect(() => encodeFrame(header)).toThrow(/header of 1048587 bytes: want at most 1048576/);
    const half = new Uint8Array(MAX_BODY_BYTES / 2 + 1);
    expect(() => encodeFrame({}, [half, half])).toThrow(/body of 67108866 bytes: want at most 67108864/);
  });
});

describe('FrameReader', () => {
  test('puts frames together wherever they were cut in two', () => {
    for (let cut = 0; cut <= STREAM.length; cut += 1) {
      expect(read(STREAM.subarray(0, cut), STREAM.subarray(cut))).toEqual(WANT);
    }
  });

  test('takes one byte at a time, and several frames at once', () => {
    expect(read(...Array.from(STREAM, byte => Uint8Array.of(byte)))).toEqual(WANT);
    expect(read(STREAM)).toEqual(WANT);
    expect(read(new Uint8Array(0), STREAM, new Uint8Array(0))).toEqual(WANT);
  });

  test('gives a frame as soon as its last byte is there, and not before', () => {
    const reader = new FrameReader();
    expect(reader.push(ONE.subarray(0, -1))).toEqual([]);
    expect(reader.push(ONE.subarray(-1))).toHaveLength(1);
  });

  test('takes a body of the largest size, in pieces as sockets give them', () => {
    const body = new Uint8Array(MAX_BODY_BYTES).fill(9);
    const bytes = bytesOf({ id: 2 }, body);
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < bytes.length; at += 65_536) frames.push(...reader.push(bytes.subarray(at, at + 65_536)));
    expect(frames).toHaveLength(1);
    expect(Buffer.compare(frames[0]?.body ?? new Uint8Array(0), body)).toBe(0);
  });

  test.each([
    ['a header', prefix(MAX_HEADER_BYTES + 1, 0), /header of 1048577 bytes/],
    ['a body', prefix(2, MAX_BODY_BYTES + 1), /body of 67108865 bytes/],
    ['both', prefix(0xffffffff, 0xffffffff), /header of 4294967295 bytes/]
  ])('refuses %s that is too large as soon as the lengths are there', (_name, bytes, message) => {
    const reader = new FrameReader();
    expect(reader.push(bytes.subarray(0, 7))).toEqual([]);
    expect(() => reader.push(bytes.subarray(7))).toThrow(expect.objectContaining({ code: 'too-large', message: expect.stringMatching(message) })); // prettier-ignore
  });

  test.each([
    ['no JSON', framed('{"id":')],
    ['no object', framed('[1]')],
    ['null', framed('null')],
    ['a number', framed('7')],
    ['nothing at all', framed('')],
    ['bytes that are no UTF-8', Buffer.concat([prefix(3, 0), Buffer.from([0xff, 0xfe, 0xfd])])]
  ])('refuses a header that is %s', (_name, bytes) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  test('gives what came before something wrong', () => {
    const reader = new FrameReader();
    expect(reader.push(ONE)).toHaveLength(1);
    expect(() => reader.push(framed('x'))).toThrow(/no JSON/);
  });
});
