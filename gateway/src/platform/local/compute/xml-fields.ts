/**
 * Fields of an XML document that somebody else wrote: absent, renamed and damaged ones read as nothing. Entities are not
 * expanded, nothing is fetched, and what is too long is not looked at.
 */
import { DOMParser } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';

/** Sixteen GPUs with all that a driver can say of them are a tenth of it. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** Not allowed in XML, but firmware puts them into names. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * The root element, if it has this name.
 *
 * @throws Error when the text is no whole document
 */
export function readXml(text: string, root: string): Element {
  if (text.length > MAX_CHARACTERS) throw new Error(`its answer is ${text.length} characters long`);
  const parser = new DOMParser({ locator: false, onError: () => undefined }); // what is fatal is thrown all the same
  const element = parser.parseFromString(text.replace(FORBIDDEN, ''), 'text/xml').documentElement;
  if (element?.nodeName !== root) throw new Error(`its answer is no ${root}`);
  return element;
}

/** The text without everything between the tags of this name, tags included: what nobody reads need not be parsed. */
export function withoutElements(text: string, name: string): string {
  const [open, close] = [`<${name}>`, `</${name}>`];
  let rest = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf(open, from);
    const end = start < 0 ? -1 : text.indexOf(close, start);
    if (end < 0) return rest + text.slice(from);
    rest += text.slice(from, start);
    from = end + close.length;
  }
}

/** The elements of this name right below. */
export function childrenOf(element: Element | undefined, name: string): Element[] {
  const children: Element[] = [];
  for (let node = element?.firstChild ?? null; node !== null; node = node.nextSibling) {
    if (node.nodeName === name) children.push(node as Element);
  }
  return children;
}

/** The first element along this path of names. */
export function elementAt(element: Element, ...path: readonly string[]): Element | undefined {
  let found: Element | undefined = element;
  for (const name of path) found = childrenOf(found, name)[0];
  return found;
}

/** The text along this path, without spaces around it; empty where there is none. */
export function textAt(element: Element, ...path: readonly string[]): string {
  return (elementAt(element, ...path)?.textContent ?? '').trim();
}

/** A whole number along this path; null for `N/A` and everything else that is none. */
export function integerAt(element: Element, ...path: readonly string[]): number | null {
  const text = textAt(element, ...path);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
