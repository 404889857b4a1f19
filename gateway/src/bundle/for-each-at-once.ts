/**
 * Calls `act` for every item, at most `limit` at a time. After a failure no new call begins, and when the promise
 * rejects none is still going on: what they write can be removed then.
 */
export async function forEachAtOnce<T>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<void>
): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      if (failed) return;
      try {
        await act(item);
      } catch (error: unknown) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const failure = ends.find(end => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
