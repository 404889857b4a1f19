/** Says what a rule made of a corpus: in figures, and in lines for people. Pure. */
import type { Verdict } from './judge-corpus.ts';

/** A scenario counts once, however much is wrong in it; `late_p95_s` is of those stops that came as they must, null without any. */
export function figuresOf({ failures, lateS, unknownRate }: Verdict, scenarios: number): Record<string, number | null> {
  const scores = [...failures.values()];
  return {
    scenarios,
    false_stops: scores.filter(({ falseStops }) => falseStops.length > 0).length,
    false_keeps: scores.filter(({ falseKeeps }) => falseKeeps.length > 0).length,
    unknown_rate: Number(unknownRate.toFixed(4)),
    late_p95_s: percentile95(lateS)
  };
}

/** The rule's failures, scenario by scenario. */
export function linesOf(name: string, { failures }: Verdict): string[] {
  if (failures.size === 0) return [`${name}: right in every scenario`];
  const scenarios = [...failures].flatMap(([trace, { falseStops, falseKeeps }]) => [
    ...falseStops.map(words => `  ${trace}: stopped wrongly: ${words}`),
    ...falseKeeps.map(words => `  ${trace}: kept wrongly: ${words}`)
  ]);
  return [`${name}: wrong in ${failures.size}`, ...scenarios];
}

/** The smallest value that at least 95 % of them do not exceed. */
function percentile95(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
}
