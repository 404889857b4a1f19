/** Holds what was stopped against what must and must not be stopped. Pure. */
import type { Trace } from '@berth/operator/plan';

export type Expectation = Trace['expect'][number];

/** What became of one subject. */
export interface Fate {
  /** When it was stopped, alone or with its workspace; null: never. */
  readonly stoppedT: number | null;
}

export interface Score {
  /** Stopped though it must be kept, in words. */
  readonly falseStops: readonly string[];
  /** Kept though it must be stopped, in words. */
  readonly falseKeeps: readonly string[];
  /** For each stop that came as it must, how long after it was due. */
  readonly lateS: readonly number[];
}

/**
 * `keep` holds when nothing has been stopped by its end: what was stopped before is not kept either. `stop` holds when it has
 * been by its end; it is due at its beginning.
 */
export function scoreTrace(expect: readonly Expectation[], fateOf: (expectation: Expectation) => Fate): Score {
  const [falseStops, falseKeeps, lateS]: [string[], string[], number[]] = [[], [], []];
  for (const expectation of expect) {
    const { stoppedT } = fateOf(expectation);
    const stopped = stoppedT !== null && stoppedT <= expectation.t_to;
    const words = `${subjectOf(expectation)}: ${expectation.must} from ${expectation.t_from} to ${expectation.t_to}, was ${
      stoppedT === null ? 'never stopped' : `stopped at ${stoppedT}`
    }`;
    if (expectation.must === 'keep' && stopped) falseStops.push(words);
    if (expectation.must === 'stop' && !stopped) falseKeeps.push(words);
    if (expectation.must === 'stop' && stopped) lateS.push(Math.max(0, stoppedT - expectation.t_from));
  }
  return { falseStops, falseKeeps, lateS };
}

const subjectOf = ({ kernel }: Expectation): string => (kernel === undefined ? 'workspace' : `kernel ${kernel}`);
