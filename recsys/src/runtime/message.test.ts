import { FrameReader, MAX_HEADER_BYTES } from './frame.js';
import { answerFrame, errorFrame, readMessage } from './message.js';
import { RuntimeError } from './runtime-error.js';

const message = (header: object) => readMessage({ header: header as Record<string, unknown>, body: new Uint8Array(0) });
const headerOf = (pieces: readonly Uint8Array[]): unknown => new FrameReader().push(Buffer.concat(pieces))[0]?.header;

describe('readMessage', () => {
  test('reads requests, cancellations and stops', () => {
    expect(message({ id: 1, method: 'hello' })).toEqual({ id: 1, method: 'hello', params: {} });
    const request = { id: -4, method: 'x', params: { a: [1] }, deadlineMs: 0.5 };
    expect(message({ ...request, arrays: {}, later: true })).toEqual(request);
    expect(message({ cancel: 7 })).toEqual({ word: 'cancel', id: 7 });
    expect(message({ stop: 7 })).toEqual({ word: 'stop', id: 7 });
  });

  test.each<[object, string]>([
    [{ id: 1 }, 'method'],
    [{ id: 1.5, method: 'x' }, 'id'],
    [{ id: 2 ** 53, method: 'x' }, 'id'],
    [{ id: 1, method: 'x'.repeat(101) }, 'method'],
    [{ id: 1, method: 'x', params: [] }, 'params'],
    [{ id: 1, method: 'x', deadlineMs: -1 }, 'deadlineMs'],
    [{ id: 1, method: 'x', deadlineMs: 2 ** 31 }, 'deadlineMs'],
    [{ cancel: null }, 'cancel'],
    [{ cancel: 'all', id: 1, method: 'x' }, 'cancel'],
    [{ stop: 1.5 }, 'stop']
  ])('refuses %j, naming %s', (header, field) => {
    expect(() => message(header)).toThrow(expect.objectContaining({ code: 'invalid-input', field }));
  });
});

describe('answers', () => {
  test('hold a result, and arrays where there are some', () => {
    expect(headerOf(answerFrame(3, { result: { a: 1 } }))).toEqual({ id: 3, result: { a: 1 } });
    const arrays = { x: { shape: [1], values: Float32Array.of(1) } };
    expect(headerOf(answerFrame(3, { result: {}, arrays }))).toEqual({
      id: 3,
      result: {},
      arrays: { x: { dtype: 'float32', shape: [1], offset: 0 } }
    });
  });

  test('to what could not be done hold its code, what it says, and the field', () => {
    expect(headerOf(errorFrame(3, new RuntimeError('conflict', 'no')))).toEqual({
      id: 3,
      error: { code: 'conflict', message: 'no' }
    });
    expect(headerOf(errorFrame(null, new RuntimeError('invalid-input', 'no', 'k')))).toEqual({
      id: null,
      error: { code: 'invalid-input', message: 'no', field: 'k' }
    });
    expect(headerOf(errorFrame(3, new TypeError('x is not a function')))).toEqual({
      id: 3,
      error: { code: 'internal', message: 'unexpected: x is not a function' }
    });
    expect(headerOf(errorFrame(3, 'thrown text'))).toMatchObject({ error: { message: 'unexpected: thrown text' } });
  });

  test('fit into a frame whatever a request held that they repeat', () => {
    const long = '"'.repeat(MAX_HEADER_BYTES);
    const header = headerOf(errorFrame(3, new RuntimeError('not-found', `no ${long}`, long)));
    expect(header).toMatchObject({ error: { message: expect.stringMatching(/^no "+ … \(1048579 characters\)$/) } });
    expect(headerOf(errorFrame(3, new Error(long)))).toMatchObject({ error: { code: 'internal' } });
  });
});
