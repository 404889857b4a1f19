/** What a tile has to do with caps: which of them can bind at all, and which are the same for everybody. The fewer, the simpler the graph. */

/** How many places: the same for everybody, or each person's own; undefined where no cap binds. */
export type PassCap = number | 'each' | undefined;

/** Columns side by side that share a cap. */
export interface PassChannel {
  /** At least 1. */
  readonly width: number;
  readonly cap: PassCap;
  /** Whether it counts against the person's cap. */
  readonly isCounted: boolean;
}

/** What tiles must have in common for one graph. */
export interface PassShape {
  readonly channels: readonly PassChannel[];
  readonly personCap: PassCap;
  /** Whether everybody has the same option in a column. */
  readonly isShared: boolean;
}

/** Caps of a tile: one for everybody, or one for each person. */
export interface TileCaps {
  readonly widths: readonly number[];
  readonly channelCaps: readonly Float32Array[];
  readonly isCounted: readonly boolean[];
  readonly personCap: Float32Array;
  readonly isShared: boolean;
}

/** A channel as the graph sees it, and its cap where that is each person's own. */
type Block = PassChannel & { readonly row: Float32Array | undefined };

/**
 * Decides what the graph of a tile looks like. Caps that are never reached, or that another cap always undercuts, are left out; channels that then
 * are alike become one.
 *
 * Returns  the shape, and for each of its channels the caps by person where these are each person's own.
 * Edges    a channel without columns is left out.
 */
export function passShape(tile: TileCaps): { shape: PassShape; rows: readonly (Float32Array | undefined)[] } {
  const channels = tile.widths.flatMap((width, index) => {
    const list = tile.channelCaps[index] as Float32Array;
    const cap = capOf(list, width);
    const row = cap === 'each' ? list : undefined;
    return width === 0 ? [] : [{ width, cap, isCounted: tile.isCounted[index] !== false, row }];
  });
  const personCap = capOf(tile.personCap, mostCounted(channels));
  const blocks = merged(channels.map(channel => withoutRedundant(channel, personCap)));
  const [only, ...others] = blocks.filter(({ isCounted }) => isCounted);
  const isOwn = only !== undefined && only.cap === undefined && others.length === 0;
  const owned = isOwn ? blocks.map(block => (block === only ? withCap(block, personCap, tile) : block)) : blocks;
  const shape = {
    channels: owned.map(({ width, cap, isCounted }) => ({ width, cap, isCounted })),
    personCap: isOwn ? undefined : personCap,
    isShared: tile.isShared
  };
  return { shape, rows: owned.map(({ row }) => row) };
}

/** The person's cap is that of the only channel which counts. */
function withCap(block: Block, cap: PassCap, { personCap }: TileCaps): Block {
  return { ...block, cap, isCounted: false, row: cap === 'each' ? personCap : undefined };
}

function capOf(list: Float32Array, most: number): PassCap {
  if (most === 0) return undefined;
  if (list.length > 1) return 'each';
  const cap = list[0] as number;
  return cap >= most ? undefined : cap;
}

function mostCounted(channels: readonly Block[]): number {
  const counted = channels.filter(({ isCounted }) => isCounted);
  return counted.reduce((sum, { width, cap }) => sum + (typeof cap === 'number' ? cap : width), 0);
}

/** Where nothing is counted, all channels are alike in that. */
function withoutRedundant(channel: Block, personCap: PassCap): Block {
  if (personCap === undefined) return { ...channel, isCounted: false };
  const { cap, isCounted } = channel;
  const isUndercut = isCounted && typeof cap === 'number' && typeof personCap === 'number' && cap >= personCap;
  return isUndercut ? { ...channel, cap: undefined } : channel;
}

function merged(channels: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  for (const channel of channels) {
    const last = blocks.at(-1);
    const isAlike = last?.cap === undefined && channel.cap === undefined && last?.isCounted === channel.isCounted;
    if (isAlike) blocks.splice(-1, 1, { ...last, width: last.width + channel.width });
    else blocks.push(channel);
  }
  return blocks;
}
