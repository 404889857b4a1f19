/** Gives sections of the panel the room that their contents need, until the person divides it otherwise. */
import type { AccordionPanel, Widget } from '@lumino/widgets';
import { sharedRoom, type ISectionRoom } from './section-room.js';

export class SectionFit {
  /** @param _panel - Whose sections are to be seen to; they go together. */
  constructor(private readonly _panel: AccordionPanel) {
    this._sizes = new ResizeObserver(() => this._fit());
    _panel.handleMoved.connect(this._onHandleMoved, this);
    _panel.disposed.connect(() => this._sizes.disconnect(), this);
  }

  /** What is in a section may be another element at any time: only then is there something new to look at. */
  watch(section: Widget): void {
    const { node } = section;
    const elements = new MutationObserver(() => this._observe(node));
    elements.observe(node, { childList: true });
    this._sizes.observe(node);
    this._observe(node);
    section.disposed.connect(() => elements.disconnect(), this);
  }

  private _observe(node: HTMLElement): void {
    for (const child of node.children) this._sizes.observe(child);
  }

  private _fit(): void {
    if (this._isDivided || !this._panel.isVisible) return;
    const shared = sharedRoom(this._panel.widgets.map(roomOf));
    if (shared !== null) this._panel.setRelativeSizes(shared);
  }

  private readonly _onHandleMoved = (): void => {
    this._isDivided = true;
  };

  private readonly _sizes: ResizeObserver;
  /** The person has done it. */
  private _isDivided = false;
}

function roomOf({ node, isHidden }: Widget): ISectionRoom {
  const { lastElementChild: last } = node;
  if (isHidden || last === null) return { has: node.offsetHeight, wants: 0 };
  const bottom = last.getBoundingClientRect().bottom - node.getBoundingClientRect().top + node.scrollTop;
  return { has: node.offsetHeight, wants: Math.ceil(bottom) };
}
