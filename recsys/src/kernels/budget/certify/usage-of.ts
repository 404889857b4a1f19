import type { Problem } from '../problem.js';

/** What is used of each limit where an option is sent so many times: Σ weight · sent, f64[K]. */
export function usageOf({ options, limits }: Problem, sent: Float64Array): Float64Array {
  const usage = new Float64Array(limits.cap.length);
  for (let option = 0; option < sent.length; option += 1) {
    const count = sent[option] as number;
    if (count === 0) continue;
    const to = options.start[option + 1] as number;
    for (let at = options.start[option] as number; at < to; at += 1) {
      const limit = options.limit[at] as number;
      usage[limit] = (usage[limit] as number) + (options.weight[at] as number) * count;
    }
  }
  return usage;
}
