/** Reads a number that was given to a bench. @throws RangeError naming the option */
export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`--${name} ${text}: want a whole number from ${least} on`);
}
