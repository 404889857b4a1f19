/** Says what was measured, for people. */

/** A share of processors: `0.4 % of a processor`, `87 % of a processor`, `2.5 processors`. */
export function processorsInWords(share: number): string {
  if (share >= 1.5) return `${share.toFixed(1)} processors`;
  const percent = share * 100;
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} % of a processor`;
}

/** Bytes a second: `12 KiB/s`, `3.4 MiB/s`. */
export function rateInWords(bytesPerSecond: number): string {
  const kib = bytesPerSecond / 1024;
  return kib < 1024 ? `${Math.round(kib)} KiB/s` : `${(kib / 1024).toFixed(1)} MiB/s`;
}

/** What somebody else has named, no longer than a line has room for. */
export function clipped(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
