/** Splits a stream of bytes into the JSON values that stand on its lines, without keeping more than one line. */

const NEWLINE = 0x0a;

/** @throws Error on a line that is longer than `maxBytes`, is no JSON, or has no end when the stream has ended. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<unknown, void> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...begun, chunk.subarray(from, at)]).toString('utf8');
      begun = [];
      begunBytes = 0;
      from = at + 1;
      if (line !== '') yield parseJson(line);
    }
    begun.push(chunk.subarray(from));
    begunBytes += chunk.length - from;
    if (begunBytes > maxBytes) throw new Error(`a line has more than ${maxBytes} bytes`);
  }
  if (begunBytes > 0) throw new Error('the stream ended within a line');
}

/** @throws Error without JSON.parse's own message, which quotes the text: it may be a Secret's. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${text.length} characters are no JSON`);
  }
}
