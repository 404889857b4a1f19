/** What the budget bench measures: which problems, by whom, and who is compared with whom. */

export type Shape = 'choice' | 'laminar';

export interface Case {
  readonly shape: Shape;
  /** About how many candidates. */
  readonly size: number;
}

/** `choice_1e6`. */
export const caseName = ({ shape, size }: Case): string => `${shape}_${sizeName(size)}`;

/** `1e6` where it is that, else the digits. */
export function sizeName(size: number): string {
  const power = Math.log10(size);
  return Number.isInteger(power) ? `1e${power}` : `${size}`;
}

/** General solvers of linear programs, by the names that budget_peer.py knows. */
export const PEERS = ['highs_simplex', 'highs_ipm', 'highs_pdlp', 'highs_hipdlp', 'ortools_pdlp'] as const;
export type Peer = (typeof PEERS)[number];

/** Above this one round tells enough: a peer takes minutes there. */
export const MANY_ROUNDS_UP_TO = 1_000_000;

/** What ours and the peers' answers have to prove. */
export const WANTED_GAP = 1e-3;

/** From the loosest on, until the answer proves the wanted gap: none is asked for more than that. Simplex has no use for it. */
export const TOLERANCES: readonly number[] = [3e-3, 1e-3, 3e-4, 1e-4, 1e-5];
export const tolerancesOf = (peer: Peer): readonly number[] => (peer === 'highs_simplex' ? [1e-7] : TOLERANCES);

/** Ratios: of the fastest of these peers. HiGHS has two PDLPs. */
export const RATIOS: Readonly<Record<string, readonly Peer[]>> = {
  highs_simplex: ['highs_simplex'],
  highs_ipm: ['highs_ipm'],
  pdlp: ['highs_pdlp', 'highs_hipdlp'],
  ortools_pdlp: ['ortools_pdlp'],
  best: PEERS
};
