const REPORT_EVERY_MS = 100;

/** Passes on what is said first, and then at most one thing in 100 ms; it is made only if it is passed on. */
export function throttled(report: (progress: object) => void, now: () => number): (make: () => object) => void {
  let said = -Infinity;
  return make => {
    const time = now();
    if (time - said < REPORT_EVERY_MS) return;
    said = time;
    report(make());
  };
}
