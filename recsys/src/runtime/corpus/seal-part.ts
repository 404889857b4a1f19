/** Checks what a client has filled in beside the items, and brings it into the form that searches read. */
import { firstBadId, IdIndex } from '../../kernels/index.js';
import { invalid } from '../runtime-error.js';
import { columnFile, idsFile, type Manifest } from './manifest.js';
import { readNumbers, writeNumbers } from '../whole-file.js';

export interface FilledPart {
  readonly folder: string;
  readonly name: string;
  readonly rows: number;
  /** The texts that the client's codes mean, by column. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/**
 * Gives ids to rows that have none, else checks them: not negative, none twice, none that the corpus has.
 *
 * @returns the number that ids without a choice go on with
 * @throws RuntimeError `invalid-input` with the first row that is wrong
 */
export async function sealIds(part: FilledPart, manifest: Manifest, known: BigInt64Array): Promise<number> {
  const file = idsFile(part.name);
  if (!manifest.hasIds) {
    const first = BigInt(manifest.nextId);
    await writeNumbers(
      part.folder,
      file,
      BigInt64Array.from({ length: part.rows }, (_, row) => first + BigInt(row))
    );
    return manifest.nextId + part.rows;
  }
  const ids = await readNumbers(part.folder, file, new BigInt64Array(part.rows));
  const bad = firstBadId(ids);
  if (bad >= 0)
    throw invalid('ids', `ids[${bad}] is ${ids[bad]}: want integers from 0 on (-1 means none in an answer)`);
  const all = new BigInt64Array(known.length + ids.length);
  all.set(known);
  all.set(ids, known.length);
  const twice = new IdIndex(all).duplicate();
  if (twice !== undefined) {
    const where =
      twice.first < known.length ? 'the corpus has it already' : `ids[${twice.first - known.length}] has it too`;
    throw invalid('ids', `ids[${twice.second - known.length}] is ${twice.id}, and ${where}: want each id once`);
  }
  return manifest.nextId;
}

/**
 * Checks the columns, and brings the codes of categories to those of the corpus.
 *
 * @returns all categories of the corpus, with those that are new behind
 */
export async function sealColumns(part: FilledPart, manifest: Manifest): Promise<Manifest['categories']> {
  const all = new Map(Object.entries(manifest.categories));
  for (const [index, { name, kind }] of manifest.columns.entries()) {
    const file = columnFile(part.name, index);
    const field = `attributes.${name}`;
    if (kind === 'number') {
      const values = await readNumbers(part.folder, file, new Float64Array(part.rows));
      const bad = values.findIndex(value => Math.abs(value) === Infinity);
      if (bad >= 0) throw invalid(field, `${field}[${bad}] is ${values[bad]}: want finite numbers, or NaN for missing`);
    }
    if (kind !== 'category') continue;
    const theirs = Object.hasOwn(part.categories, name) ? (part.categories[name] ?? []) : [];
    const codes = await readNumbers(part.folder, file, new Int32Array(part.rows));
    const bad = codes.findIndex(code => code < -1 || code >= theirs.length);
    if (bad >= 0) {
      throw invalid(field, `${field} has the code ${codes[bad]} in row ${bad}: want -1 to ${theirs.length - 1}`);
    }
    const merged = mergeCategories(all.get(name) ?? [], theirs);
    all.set(name, merged.texts);
    await writeNumbers(
      part.folder,
      file,
      codes.map(code => (code < 0 ? -1 : (merged.codes[code] as number)))
    );
  }
  return Object.fromEntries(all);
}

function mergeCategories(known: readonly string[], theirs: readonly string[]): { texts: string[]; codes: number[] } {
  const texts = [...known];
  const codeOf = new Map(texts.map((text, code) => [text, code]));
  const codes = theirs.map(text => {
    const code = codeOf.get(text) ?? texts.push(text) - 1;
    codeOf.set(text, code);
    return code;
  });
  return { texts, codes };
}
