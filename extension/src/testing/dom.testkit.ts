/** What Lumino and Lab ask of a browser as soon as they are loaded, and jsdom lacks. To be imported before them. */

class DragEventStandIn extends MouseEvent {}

class ResizeObserverStandIn implements ResizeObserver {
  readonly observe = (): void => undefined;
  readonly unobserve = (): void => undefined;
  readonly disconnect = (): void => undefined;
}

class IntersectionObserverStandIn {
  readonly observe = (): void => undefined;
  readonly disconnect = (): void => undefined;
}

const nothing = (): void => undefined;

Object.assign(globalThis, {
  DragEvent: DragEventStandIn,
  ResizeObserver: ResizeObserverStandIn,
  IntersectionObserver: IntersectionObserverStandIn,
  matchMedia: (media: string) => ({ media, matches: false, addListener: nothing, removeListener: nothing }),
  requestIdleCallback: (callback: () => void) => setTimeout(callback)
});
