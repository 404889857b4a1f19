/**
 * Whether a text has no half of a surrogate pair. Such halves all become U+FFFD in UTF-8, so that two different names
 * would be one in the file.
 */
export function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
