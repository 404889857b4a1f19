import * as fc from 'fast-check';
import { jsonLines } from './json-lines.js';

const MAX_BYTES = 1_000;

async function* chunksOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}

async function read(...chunks: readonly (Uint8Array | string)[]): Promise<unknown[]> {
  const values: unknown[] = [];
  const bytes = chunks.map(chunk => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  for await (const value of jsonLines(chunksOf(...bytes), MAX_BYTES)) values.push(value);
  return values;
}

describe('jsonLines', () => {
  test('reads what was written, wherever the stream was cut', async () => {
    const values = fc.array(fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.string({ maxLength: 5 })));
    await fc.assert(
      fc.asyncProperty(values, fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }), async (written, lengths) => {
        const bytes = Buffer.from(written.map(value => `${JSON.stringify(value)}\n`).join(''));
        const chunks: Uint8Array[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const length = (lengths[cut % lengths.length] ?? 0) + (cut % 2);
          chunks.push(bytes.subarray(at, at + length));
          at += length;
        }
        expect(await read(...chunks)).toEqual(written.map(value => ({ ...value })));
      })
    );
  });

  test.each<{ name: string; chunks: string[]; want: unknown[] }>([
    { name: 'nothing', chunks: [], want: [] },
    { name: 'two lines in one piece', chunks: ['1\n2\n'], want: [1, 2] },
    { name: 'an empty line between them', chunks: ['1\n', '\n2\n'], want: [1, 2] }
  ])('reads $name', async ({ chunks, want }) => {
    expect(await read(...chunks)).toEqual(want);
  });

  test.each([
    { name: 'has no end', chunks: ['1\n{"a":'], want: 'the stream ended within a line' },
    {
      name: 'is no JSON, without a word of it',
      chunks: ['{"password": hunter2}\n'],
      want: '21 characters are no JSON'
    },
    { name: 'is too long', chunks: ['"', 'x'.repeat(MAX_BYTES)], want: 'a line has more than 1000 bytes' }
  ])('throws where a line $name', async ({ chunks, want }) => {
    await expect(read(...chunks)).rejects.toThrow(new Error(want));
  });
});
