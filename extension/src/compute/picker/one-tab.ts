/** Of several tabs of one browser, one acts. */

/**
 * Acts unless another tab is acting under this name at the moment. Browsers keep such locks on pages of this machine and on
 * encrypted ones only; elsewhere it just acts, and the gateway gives the compute to the first that comes.
 */
export async function inOneTab(name: string, act: () => Promise<void>): Promise<void> {
  const locks = (globalThis.navigator as Partial<Navigator>).locks;
  if (locks === undefined) return act();
  await locks.request(name, { ifAvailable: true }, async lock => {
    if (lock !== null) await act();
  });
}
