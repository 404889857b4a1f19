/**
 * One smoothed pass over a tile of a budget problem: for every person the x in her caps that is best at the prices, less (smoothing / 2) · x².
 *
 * With 0 ≤ x ≤ 1 and caps that are nested, x is the smaller of what the channel takes within its own cap, and of what all counted channels take
 * within the person's, where a channel takes what it would take alone at that threshold, at most its cap.
 */
import { float32s, type Graph, GraphBuilder, int64s } from '../onnx/index.js';
import {
  arePairsFew,
  clipped,
  type Excess,
  type RowCap,
  type Smoothed,
  takenByPairs,
  takenOne,
  takenWithin
} from './cap-threshold.js';
import { axis, scalar } from './graph-constants.js';
import type { PassCap, PassChannel, PassShape } from './pass-shape.js';
import { sortedRows } from './sorting-network.js';

/** Sorting more columns takes longer than a longer search for the threshold. */
const MOST_SORTED = 64;
/** As in a tile: no candidate. */
const NOTHING = -1e30;
const BY_COLUMN = { axis: { int: 0 } };

/**
 * The graph for tiles of one shape, for any provider: no control flow, no operator that CUDA would leave to the CPU.
 *
 * Inputs   value f32[width, people], -1e30 where there is no candidate; smoothing f32[1], inverse f32[1] (its reciprocal);
 *          price f32[width, 1] where options are shared, else price f32[options] and option i32[width, people];
 *          where caps are each person's own: person_cap f32[1, people], channel_caps f32[channels, people].
 * Outputs  surplus f32[width]: Σ over people of margin · x − (smoothing / 2) · x²; usage f32[width]: Σ of x, where options are shared,
 *          else x f32[width, people].
 * Accuracy of float32 at the margin that is the last to get a place, whatever the smoothing: the sums of x within 1e-5. Margins are value − price
 *          rounded to float32.
 * Edges    equal margins get equal x. A cap of 0: nothing. -1e30: nothing.
 * Cost     O(people · width · log² width) time; memory some 8 tiles of float32.
 */
export function budgetPassGraph(shape: PassShape): Graph {
  const g = new GraphBuilder('budget-pass');
  const width = shape.channels.reduce((sum, channel) => sum + channel.width, 0);
  const value = g.input('value', 'float32', [width, 'people']);
  const smoothing = g.input('smoothing', 'float32', [1]);
  const by = { g, inverse: g.input('inverse', 'float32', [1]) };
  const margin = g.node('Sub', [value, priceOf(g, shape.isShared, width)]);
  const x = takenOf(by, shape, margin);
  const overPeople = (cells: string, as?: string): string =>
    g.node('ReduceSum', [cells, axis(g, 1)], { keepdims: { int: 0 } }, as === undefined ? {} : { as });
  const half = g.node('Mul', [smoothing, scalar(g, 'half', 0.5)]);
  const squares = g.node('Mul', [overPeople(g.node('Mul', [x, x])), half]);
  const gains = overPeople(g.node('Mul', [margin, x]));
  g.output(g.node('Sub', [gains, squares], {}, { as: 'surplus' }), 'float32', [width]);
  if (shape.isShared) g.output(overPeople(x, 'usage'), 'float32', [width]);
  else g.output(g.node('Identity', [x], {}, { as: 'x' }), 'float32', [width, 'people']);
  return g.build();
}

function priceOf(g: GraphBuilder, isShared: boolean, width: number): string {
  if (isShared) return g.input('price', 'float32', [width, 1]);
  const price = g.input('price', 'float32', ['options']);
  const options = g.node('Reshape', [
    g.input('option', 'int32', [width, 'people']),
    g.initializer(int64s('list', [-1]))
  ]);
  const each = g.node('GatherElements', [price, options], BY_COLUMN); // for single numbers quicker than Gather
  return g.node('Reshape', [each, g.initializer(int64s('cells', [width, -1]))]);
}

/** The columns of a channel. */
interface ChannelCells extends Pick<PassChannel, 'width' | 'isCounted'> {
  readonly margin: string;
  readonly cap: RowCap | undefined;
  /** The rows in order, unless they are too many or nobody needs them. */
  readonly sorted: readonly string[] | undefined;
}

function takenOf(by: Smoothed, shape: PassShape, margin: string): string {
  const { g } = by;
  const person = rowCap(shape.personCap, () => g.input('person_cap', 'float32', [1, 'people']));
  const channels = channelCells(g, shape, margin, person !== undefined);
  const own = channels.map(each => takenByChannel(by, each));
  const free = (index: number): string => clipped(g, g.node('Mul', [channels[index]?.margin ?? '', by.inverse]));
  if (person === undefined)
    return inOne(
      g,
      own.map((x, index) => x ?? free(index))
    );
  const cells = { margin, sorted: allowedRows(g, channels) };
  const all = takenWithin(by, cells, person, excessOfPerson(g, channels, person));
  const parts = split(g, all, shape.channels, 'taken');
  return inOne(
    g,
    channels.map(({ isCounted }, index) => {
      const x = own[index];
      if (!isCounted) return x ?? free(index);
      const part = parts[index] ?? '';
      return x === undefined ? part : g.node('Min', [part, x]);
    })
  );
}

function rowCap(cap: PassCap, row: () => string): RowCap | undefined {
  return cap === 'each' ? { row: row() } : cap;
}

function channelCells(g: GraphBuilder, shape: PassShape, margin: string, hasPersonCap: boolean): ChannelCells[] {
  const isEach = shape.channels.some(({ cap }) => cap === 'each');
  const count = shape.channels.length;
  const rows = isEach ? rowsOf(g, g.input('channel_caps', 'float32', [count, 'people']), count) : [];
  return split(g, margin, shape.channels, 'margin').map((cells, index) => {
    const { width, isCounted, ...channel } = shape.channels[index] as PassChannel;
    const cap = rowCap(channel.cap, () => rows[index] ?? '');
    const isNeeded = width <= MOST_SORTED && (cap !== undefined || (hasPersonCap && isCounted));
    return {
      width,
      isCounted,
      margin: cells,
      cap,
      sorted: isNeeded ? sortedRows(g, rowsOf(g, cells, width)) : undefined
    };
  });
}

/** What a channel takes within its own cap; undefined where it has none. */
function takenByChannel(by: Smoothed, { margin, width, cap, sorted }: ChannelCells): string | undefined {
  const { g } = by;
  if (cap === undefined) return undefined;
  if (cap === 0) return g.node('Mul', [clipped(g, margin), scalar(g, 'zero', 0)]);
  if (sorted !== undefined && typeof cap === 'number' && arePairsFew(width, cap))
    return takenByPairs(by, margin, sorted, cap);
  const ones = g.initializer(float32s(`ones_${width}`, new Array<number>(width).fill(1), [1, width]));
  const excess: Excess = taken => g.node('Sub', [g.node('MatMul', [ones, taken]), capacity(g, cap)]);
  if (sorted === undefined && cap === 1) return takenOne(by, margin, excess);
  return takenWithin(by, { margin, sorted }, cap, excess);
}

/** Counted margins in order, of each channel no more than its cap allows: the last place is among them. */
function allowedRows(g: GraphBuilder, channels: readonly ChannelCells[]): readonly string[] | undefined {
  const counted = channels.filter(({ isCounted }) => isCounted);
  if (counted.some(({ sorted }) => sorted === undefined)) return undefined;
  const rows = counted.flatMap(({ sorted = [], cap }) => {
    if (cap === undefined || typeof cap === 'number') return sorted.slice(0, cap);
    return sorted.map((row, place) => {
      const isAllowed = g.node('Greater', [cap.row, scalar(g, `place_${place}`, place)]);
      return g.node('Where', [isAllowed, row, scalar(g, 'nothing', NOTHING)]);
    });
  });
  return rows.length > MOST_SORTED ? undefined : sortedRows(g, rows);
}

/** What the counted channels take, each at most its own cap, less the person's cap. */
function excessOfPerson(g: GraphBuilder, channels: readonly ChannelCells[], person: RowCap): Excess {
  const counted = channels.filter(({ isCounted }) => isCounted);
  const weights = counted.flatMap(each =>
    channels.flatMap(other => new Array<number>(other.width).fill(other === each ? 1 : 0))
  );
  const shape = [counted.length, weights.length / counted.length];
  const sums = g.initializer(float32s('by_channel', weights, shape));
  const ones = g.initializer(
    float32s(`ones_${counted.length}`, new Array<number>(counted.length).fill(1), [1, counted.length])
  );
  const caps = capsOf(g, counted);
  return taken => {
    const parts = g.node('MatMul', [sums, taken]);
    const within = caps === undefined ? parts : g.node('Min', [parts, caps]);
    return g.node('Sub', [g.node('MatMul', [ones, within]), capacity(g, person)]);
  };
}

/** f32[counted, 1], or f32[counted, people] where some are each person's own; undefined where no channel has one. */
function capsOf(g: GraphBuilder, counted: readonly ChannelCells[]): string | undefined {
  if (counted.every(({ cap }) => cap === undefined)) return undefined;
  const [some] = counted.flatMap(({ cap }) => (typeof cap === 'object' ? [cap.row] : []));
  const numbers = counted.map(({ cap, width }) => (typeof cap === 'number' ? cap : width));
  if (some === undefined) return g.initializer(float32s('channel_numbers', numbers, [counted.length, 1]));
  const zeros = g.node('Sub', [some, some]);
  const rows = counted.map(({ cap }, index) => {
    const number = numbers[index] as number;
    return typeof cap === 'object' ? cap.row : g.node('Add', [zeros, scalar(g, `cap_${number}`, number)]);
  });
  return inOne(g, rows);
}

function capacity(g: GraphBuilder, cap: RowCap): string {
  return typeof cap === 'number' ? scalar(g, `cap_${cap}`, cap) : cap.row;
}

/** The rows of f32[count, people], each f32[1, people]. */
function rowsOf(g: GraphBuilder, cells: string, count: number): readonly string[] {
  if (count === 1) return [cells];
  const as = Array.from({ length: count }, (_, row) => `${cells}_row_${row}`);
  return g.nodes('Split', [cells], { ...BY_COLUMN, num_outputs: { int: count } }, { as });
}

/** The columns of each channel. */
function split(g: GraphBuilder, cells: string, channels: readonly PassChannel[], name: string): readonly string[] {
  if (channels.length === 1) return [cells];
  const widths = channels.map(({ width }) => width);
  const as = channels.map((_, index) => `${name}_of_${index}`);
  return g.nodes('Split', [cells, g.initializer(int64s('widths', widths))], BY_COLUMN, { as });
}

function inOne(g: GraphBuilder, parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : g.node('Concat', parts, BY_COLUMN);
}
