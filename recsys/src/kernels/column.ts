/** A named value for each item of a corpus, by which searches filter, boost and spread their answers. */

export type ColumnKind = 'number' | 'category' | 'flag';

/**
 * One column. Missing is NaN among numbers and -1 among codes; a flag is never missing, and set where it is not 0.
 * A code is an index into `categories`; equal texts there are the same category.
 */
export type Column =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'category'; readonly codes: Int32Array; readonly categories: readonly string[] }
  | { readonly kind: 'flag'; readonly values: Uint8Array };

/** How many rows the column has. */
export function columnRows(column: Column): number {
  return column.kind === 'category' ? column.codes.length : column.values.length;
}

/** The kind of each column, for `filterProblems` and `parseFilter`. */
export function columnKinds(columns: Readonly<Record<string, Column>>): Record<string, ColumnKind> {
  // Entries, not assignments: a column may be called `__proto__`.
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.kind]));
}

/**
 * Which codes stand for one of the texts, as a table to look up `code + 1` in.
 *
 * Shapes   C categories, any number of texts → u8[C + 1], 0 or 1; entry 0 is that of the missing code -1, and 0.
 * Throws   nothing.
 * Edges    a text that is no category changes nothing; a text that is listed as two categories sets both.
 * Cost     O(C + texts) time, C + 1 bytes.
 */
export function codeTable(categories: readonly string[], texts: readonly string[]): Uint8Array {
  const wanted = new Set(texts);
  const table = new Uint8Array(categories.length + 1);
  for (let code = 0; code < categories.length; code += 1) {
    if (wanted.has(categories[code] as string)) table[code + 1] = 1;
  }
  return table;
}
