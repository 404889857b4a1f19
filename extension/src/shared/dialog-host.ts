/** Where a dialog of Lab has to be put so that people can see and reach it. */

/** The dialog of ours that is open over the page, for that makes everything behind it inert; else the page. */
export function dialogHost(): HTMLElement {
  const open = document.querySelectorAll<HTMLElement>('dialog.jp-BerthDialog[open]');
  return open[open.length - 1] ?? document.body;
}
