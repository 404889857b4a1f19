import { mkdir, mkdtemp, readdir, rm, unlink, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LogLine } from '../../contract/index.js';
import { readLogPage, readLogText } from './log-reader.js';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'berth-log-')), '0');
  await mkdir(folder);
});
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
});

/** Writes as the launcher does: whole lines into numbered segments, of which only the newest stay. */
class Writer {
  private number = -1;
  private size = 0;

  constructor(
    private readonly into: string,
    private readonly segmentBytes: number,
    private readonly maxSegments: number
  ) {}

  async line(text: string, more: Record<string, unknown> = {}): Promise<void> {
    const line = `${JSON.stringify({ t: 1, s: 'o', m: text, ...more })}\n`;
    if (this.number < 0 || this.size + line.length > this.segmentBytes) await this.rotate();
    await appendFile(this.path(this.number), line);
    this.size += line.length;
  }

  async torn(text: string): Promise<void> {
    await appendFile(this.path(this.number), text);
  }

  private async rotate(): Promise<void> {
    const names = (await readdir(this.into)).sort();
    for (const name of names.slice(0, Math.max(0, names.length + 1 - this.maxSegments)))
      await unlink(join(this.into, name));
    this.number += 1;
    this.size = 0;
    await writeFile(this.path(this.number), '');
  }

  private path(number: number): string {
    return join(this.into, `${String(number).padStart(6, '0')}.jsonl`);
  }
}

const texts = (lines: readonly LogLine[]): string[] => lines.map(line => line.text);

test('a reader that follows a growing and rotating log sees each surviving line once and in order, whatever its limits', async () => {
  const step = fc.oneof(
    fc.record({ write: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ limit: fc.integer({ min: 1, max: 25 }) })
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 60, max: 600 }),
      fc.integer({ min: 2, max: 6 }),
      async (steps, segmentBytes, maxSegments) => {
        const own = await mkdtemp(join(folder, 'case-'));
        const writer = new Writer(own, segmentBytes, maxSegments);
        const seen: number[] = [];
        let cursor: string | undefined;
        let written = 0;
        const read = async (limit: number, isFinal: boolean): Promise<boolean> => {
          const page = await readLogPage(own, { limit, ...(cursor === undefined ? {} : { cursor }) }, isFinal);
          const numbers = texts(page.lines).map(Number);
          const before = seen.at(-1) ?? -1;
          if (numbers[0] !== undefined && numbers[0] !== before + 1) expect(page.dropped).toBe(true);
          seen.push(...numbers);
          cursor = page.cursor;
          return page.end;
        };
        for (const action of steps) {
          if ('limit' in action) await read(action.limit, false);
          else for (let count = 0; count < action.write; count += 1) await writer.line(String(written++));
        }
        while (!(await read(7, true)));
        const fresh = await readLogPage(own, { limit: 10_000 }, true);
        const surviving = texts(fresh.lines).map(Number);
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
        expect(surviving.filter(number => !seen.includes(number))).toEqual([]);
        expect(seen.at(-1) ?? -1).toBe(written - 1);
      }
    ),
    { numRuns: 60 }
  );
});

test('a page of a log that is not there yet says where to go on, and whether there will be more', async () => {
  expect(await readLogPage(join(folder, 'none'), { limit: 5 }, false)).toEqual({
    lines: [],
    cursor: '0:0',
    dropped: false,
    end: false
  });
  expect((await readLogPage(join(folder, 'none'), { limit: 5 }, true)).end).toBe(true);
});

test('a line that is still being written waits for its end', async () => {
  const writer = new Writer(folder, 1000, 4);
  await writer.line('whole');
  await writer.torn('{"t":2,"s":"e","m":"ha');
  const first = await readLogPage(folder, { limit: 5 }, false);
  expect(texts(first.lines)).toEqual(['whole']);
  await writer.torn('lf"}\n');
  const second = await readLogPage(folder, { limit: 5, cursor: first.cursor }, false);
  expect(second.lines).toEqual([{ atMs: 2, stream: 'stderr', text: 'half', partial: false }]);
});

test('a line that a dying writer left in an old segment is passed over', async () => {
  await writeFile(join(folder, '000000.jsonl'), '{"t":1,"s":"o","m":"a"}\n{"t":1,"s"');
  await writeFile(join(folder, '000001.jsonl'), '{"t":1,"s":"x","m":"b"}\nno record\n{"t":1,"s":"o","m":"c"}\n');
  const page = await readLogPage(folder, { limit: 5 }, true);
  expect([texts(page.lines), page.dropped, page.end]).toEqual([['a', 'b', 'c'], false, true]);
});

test.each([
  ['the last two', { tail: 2 }, ['line 38', 'line 39'], false],
  ['the last two that match', { tail: 2, contains: 'LINE 1' }, ['line 18', 'line 19'], false],
  [
    'more than there are',
    { tail: 500, contains: 'line 3' },
    ['line 30', 'line 31', 'line 32', 'line 33', 'line 34', 'line 35', 'line 36', 'line 37', 'line 38', 'line 39'],
    true
  ],
  ['those that match, without tail', { contains: '9' }, ['line 19', 'line 29', 'line 39'], true]
])('of a log whose beginning is gone, a page gives %s', async (_, query, want, wantDropped) => {
  const writer = new Writer(folder, 200, 5);
  for (let number = 0; number < 40; number += 1) await writer.line(`line ${number}`);
  const page = await readLogPage(folder, { limit: 50, ...query }, true);
  expect([texts(page.lines).filter(text => want.includes(text)), page.dropped]).toEqual([want, wantDropped]);
  expect(texts(page.lines).length).toBe(want.length);
});

test('a search through lines that do not match goes on over several calls', async () => {
  const writer = new Writer(folder, 1024 * 1024, 64);
  const long = 'x'.repeat(100_000);
  for (let number = 0; number < 120; number += 1) await writer.line(long);
  await writer.line('needle');
  const first = await readLogPage(folder, { limit: 5, contains: 'needle' }, true);
  expect([first.lines, first.end]).toEqual([[], false]);
  const second = await readLogPage(folder, { limit: 5, contains: 'needle', cursor: first.cursor }, true);
  expect([texts(second.lines), second.end]).toEqual([['needle'], true]);
});

test('the text of a log joins partial lines, and says that its beginning is gone', async () => {
  const writer = new Writer(folder, 120, 3);
  for (let number = 0; number < 12; number += 1) await writer.line(`line ${number}`);
  await writer.line('a', { p: true });
  await writer.line('b');
  let text = '';
  for await (const piece of readLogText(folder)) text += piece;
  expect(text).toMatch(/^… older output was deleted.*…\nline \d+\n/);
  expect(text).toMatch(/line 11\nab\n$/);
});
