/** A dialog over everything else. */
import { useEffect, useRef, type RefObject } from 'react';

/**
 * Opens the dialog over everything; the browser keeps the focus inside, and Escape cancels.
 * The focus goes to what has `data-autofocus`, else to where the browser puts it.
 */
export function useModal(): RefObject<HTMLDialogElement> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const node = dialog.current;
    node?.showModal();
    const first = node?.querySelector<HTMLElement>('[data-autofocus]');
    first?.focus();
    if (first instanceof HTMLInputElement) first.select();
    return () => node?.close();
  }, []);
  return dialog;
}
