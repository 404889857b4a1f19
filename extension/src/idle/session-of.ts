/** The kernel behind a widget: notebooks, consoles and whatever else runs code have a session's context. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

/** Null: it runs no code. */
export function sessionOf(widget: Widget | null): ISessionContext | null {
  const { sessionContext } = (widget ?? {}) as { readonly sessionContext?: ISessionContext };
  return sessionContext ?? null;
}

/** Null: there is none, or not yet. */
export function kernelIdOf(widget: Widget | null): string | null {
  return sessionOf(widget)?.session?.kernel?.id ?? null;
}
