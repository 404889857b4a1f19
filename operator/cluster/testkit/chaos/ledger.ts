/**
 * Which pods and homes may end, and why: because somebody asked for it. Everything else that ends is lost.
 *
 * Whoever asks writes it down before they ask. A pod made after a workspace was started again was not meant by an earlier stop, however late the
 * operator hears of it: versions of the API server say what was first.
 */
import { keyOf, type Slot } from './operations.ts';

type What = 'pod' | 'home';

interface Wish {
  readonly what: What;
  /** The version at which it was taken back; Infinity: it holds. */
  until: number;
}

export class Ledger {
  private readonly wishes = new Map<string, Wish[]>();
  private readonly pods = new Set<string>();
  private readonly deadWorkspaces = new Set<string>();

  /** The workspace is stopped or deleted. */
  endsPods(slot: Slot): void {
    this.add(slot, 'pod');
  }

  /** The workspace is deleted, and its home with it. */
  endsHome(slot: Slot): void {
    this.add(slot, 'home');
  }

  /** It is started, or made anew, as of this version. */
  startsAgain(slot: Slot, resourceVersion: string): void {
    for (const wish of this.wishes.get(keyOf(slot)) ?? []) wish.until = Math.min(wish.until, Number(resourceVersion));
  }

  endsPod(uid: string): void {
    this.pods.add(uid);
  }

  /** What belongs to it goes with it. */
  isDead(workspaceUid: string): void {
    this.deadWorkspaces.add(workspaceUid);
  }

  mayEnd(what: What, slot: string, object: { uid: string; ownerUid?: string | undefined; madeAt: number }): boolean {
    if (this.pods.has(object.uid)) return true;
    if (object.ownerUid !== undefined && this.deadWorkspaces.has(object.ownerUid)) return true;
    return (this.wishes.get(slot) ?? []).some(wish => wish.what === what && object.madeAt < wish.until);
  }

  private add(slot: Slot, what: What): void {
    const key = keyOf(slot);
    this.wishes.set(key, [...(this.wishes.get(key) ?? []), { what, until: Infinity }]);
  }
}
