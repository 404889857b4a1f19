/** What a terminal would show of a record, as plain text. Pure. */

// CSI and OSC sequences, and the two-character escapes.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// Control characters that would be shown as boxes; the tab stays.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const PROGRESS = /^\s*\{\s*"berth"\s*:/;

/** Without escape sequences; a carriage return starts the line again, as progress bars want it. */
export function visibleText(raw: string): string {
  const plain = raw.replace(ESCAPES, '').replace(/\r+$/, '');
  const restart = plain.lastIndexOf('\r');
  return plain.slice(restart + 1).replace(CONTROLS, '');
}

/** Is it a line of the progress protocol rather than something to read? */
export function isProgressLine(text: string): boolean {
  return PROGRESS.test(text);
}

export interface IPiece {
  readonly text: string;
  readonly hit: boolean;
}

/** The text cut at every occurrence of `wanted`, letter case ignored; the pieces joined are the text. */
export function highlight(text: string, wanted: string): IPiece[] {
  if (wanted === '') return [{ text, hit: false }];
  const haystack = text.toLowerCase();
  const needle = wanted.toLowerCase();
  // Where lowering changes the length, places would not fit together.
  if (haystack.length !== text.length || needle.length !== wanted.length) return [{ text, hit: false }];
  const pieces: IPiece[] = [];
  let from = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false });
    pieces.push({ text: text.slice(at, at + needle.length), hit: true });
    from = at + needle.length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), hit: false });
  return pieces;
}
