import { z } from 'zod';

/** An integer between two, both included. */
export function wholeNumber(least: number, most: number): z.ZodInt {
  const wanted = `want an integer from ${least} to ${most}`;
  return z.int(wanted).min(least, wanted).max(most, wanted);
}
